fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(heartbeat::App::from_env, heartbeat::router)
}
