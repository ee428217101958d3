fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(account::App::from_env, account::router)
}
