fn main() -> Result<(), shared::bootstrap::StartError> {
    shared::bootstrap::serve_events(price_broadcast::App::from_env, price_broadcast::broadcast)
}
