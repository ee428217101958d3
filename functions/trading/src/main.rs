fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(trading::App::from_env, trading::router)
}
