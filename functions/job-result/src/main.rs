fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(job_result::App::from_env, job_result::router)
}
