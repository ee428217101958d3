fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve_events(sweep::App::from_env, sweep::sweep)
}
