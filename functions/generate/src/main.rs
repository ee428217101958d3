fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve_stream(generate::App::from_env, generate::router)
}
