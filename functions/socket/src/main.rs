fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve_events(socket::App::from_env, socket::answer)
}
