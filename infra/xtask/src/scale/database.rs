//! What the database runs on.

/// Supabase: what it runs on, what that costs a month, and how many connections its pooler lets in.
pub(super) struct Database {
    pub(super) name: &'static str,
    pub(super) dollars: f64,
    pub(super) cores: f64,
    pub(super) clients: f64,
    pub(super) of_them: f64,
}

pub(super) const DATABASES: [Database; 5] = [
    Database {
        name: "Pro, Micro",
        dollars: 25.0,
        cores: 2.0,
        clients: 200.0,
        of_them: 1.0,
    },
    Database {
        name: "Pro, Medium",
        dollars: 75.0,
        cores: 2.0,
        clients: 600.0,
        of_them: 1.0,
    },
    Database {
        name: "Pro, XL",
        dollars: 225.0,
        cores: 4.0,
        clients: 1_000.0,
        of_them: 1.0,
    },
    Database {
        name: "Pro, 4XL",
        dollars: 975.0,
        cores: 16.0,
        clients: 3_000.0,
        of_them: 1.0,
    },
    Database {
        name: "Pro, 16XL",
        dollars: 3_745.0,
        cores: 64.0,
        clients: 12_000.0,
        of_them: 1.0,
    },
];

impl Database {
    /// The least that has the cores and the connections; beyond the largest, several of it.
    pub(super) fn for_load(cores: f64, clients: f64) -> Self {
        let [.., largest] = DATABASES;
        let fits = |database: &Database| database.cores >= cores * 1.5 && database.clients >= clients;
        DATABASES.into_iter().find(fits).unwrap_or_else(|| {
            let of_them = (cores * 1.5 / largest.cores).max(clients / largest.clients).ceil();
            Self {
                of_them,
                dollars: largest.dollars * of_them,
                ..largest
            }
        })
    }

    pub(super) fn label(&self) -> String {
        if self.of_them > 1.0 {
            format!("{} × {}", self.of_them, self.name)
        } else {
            self.name.to_owned()
        }
    }
}
