fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(agents::App::from_env, agents::router)
}
