fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(signals::App::from_env, signals::router)
}
