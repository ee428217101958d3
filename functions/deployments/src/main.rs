fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(deployments::App::from_env, deployments::router)
}
