fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(auth::App::from_env, auth::router)
}
