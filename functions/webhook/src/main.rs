fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(webhook::App::from_env, webhook::router)
}
