fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(job_claim::App::from_env, job_claim::router)
}
