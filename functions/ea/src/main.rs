fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve(ea::App::from_env, ea::router)
}
