fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(onboarding::App::from_env, onboarding::router)
}
