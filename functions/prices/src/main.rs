fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(prices::App::from_env, prices::router)
}
