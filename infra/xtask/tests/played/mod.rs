//! AWS, SAM, npm and cargo as scripts that write down what they are told, and a site that is Supabase and the deployed product
//! at once.

pub(crate) mod site;

use std::{
    collections::BTreeMap,
    fs,
    io::{BufReader, Cursor},
    os::unix::fs::symlink,
    path::{Path, PathBuf},
    time::Duration,
};

use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};
use xtask::deploy::{self, Answers, Options, Patience, Place};

use self::site::Site;

pub(crate) const DATABASE_PASSWORD: &str = "pg-functions-Kq81";
pub(crate) const ADMIN_PASSWORD: &str = "pg-admin-Zx77";

/// A repository, and programs to deploy it with.
pub(crate) struct Played {
    folder: tempfile::TempDir,
    pub(crate) site: Site,
}

pub(crate) struct Outcome {
    pub(crate) result: Result<(), String>,
    pub(crate) said: String,
}

impl Outcome {
    pub(crate) fn done(&self) {
        assert_eq!(self.result, Ok(()), "{}", self.said);
    }

    /// The reason it stopped for.
    pub(crate) fn stopped(&self) -> &str {
        self.result.as_ref().expect_err("it went through")
    }
}

impl Played {
    /// Everything is as it must be, and nothing was ever deployed.
    pub(crate) fn new() -> Self {
        let site = Site::start();
        let played = Self {
            folder: tempfile::tempdir().expect("a folder"),
            site,
        };
        for folder in ["bin", "on", "repository/frontend"] {
            fs::create_dir_all(played.path(folder)).expect("a folder");
        }
        played.write("repository/frontend/package.json", "{}");
        played.write("repository/samconfig.toml", &played.samconfig(""));
        for program in ["aws", "sam", "cargo", "npm", "node", "python3"] {
            played.program(program);
        }
        played.on("node---version", "echo v20.20.2");
        let identity =
            json!({"UserId": "AIDA", "Account": "123456789012", "Arn": "arn:aws:iam::123456789012:user/trader"});
        played.answers("aws-sts-get-caller-identity", &identity);
        played.secrets(&Self::good_secret(), &json!({"database_url": Self::admin_url()}));
        played.on(
            "aws-cloudformation-describe-stacks",
            "echo >&2 'An error occurred (ValidationError) when calling the DescribeStacks operation: Stack with id forexelite does not exist'; exit 254",
        );
        let stack = played.stack("CREATE_COMPLETE").to_string();
        played.write("stack.json", &stack);
        played.on(
            "sam-deploy",
            &format!(
                "echo cat {stack} > {on}",
                stack = played.path("stack.json").display(),
                on = played.path("on/aws-cloudformation-describe-stacks").display()
            ),
        );
        played.on(
            "npm-run-build",
            "mkdir -p out/_next/static && echo '<html>' > out/index.html && echo 1 > out/_next/static/now.js",
        );
        played.on(
            "cargo-xtask-migrate",
            &format!(
                "printf '%s\\n%s\\n' \"$DATABASE_URL\" \"$FUNCTIONS_DATABASE_URL\" > {}",
                played.path("migrated").display()
            ),
        );
        // What the site then serves.
        played.on(
            "aws-s3-cp",
            &format!("cp \"$3\" {}", played.site.config_file().display()),
        );
        let invalidation =
            json!({"Location": "https://…", "Invalidation": {"Id": "I2J0I21PCUYOIK", "Status": "InProgress"}});
        played.answers("aws-cloudfront-create-invalidation", &invalidation);
        played.answers(
            "aws-s3api-list-objects-v2",
            &json!({"RequestCharged": null, "Prefix": "_next/static/"}),
        );
        played
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("a file can be written");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn samconfig(&self, more: &str) -> String {
        format!(
            "version = 0.1\n\n[default.deploy.parameters]\nstack_name = \"forexelite\"\nregion = \"eu-central-1\"\n\
             parameter_overrides = [\n    \"SupabaseUrl={}\",\n{more}]\n\n[default.dashboard.parameters]\n\
             supabase_anon_key = \"{}\"\n",
            self.site.url(),
            jwt("anon")
        )
    }

    /// What a program does when it is called with these words first.
    pub(crate) fn on(&self, call: &str, script: &str) {
        self.write(&format!("on/{call}"), script);
    }

    pub(crate) fn answers(&self, call: &str, answer: &Value) {
        self.write(&format!("{call}.json"), &answer.to_string());
        let file = self.path(&format!("{call}.json"));
        self.on(call, &format!("cat {}", file.display()));
    }

    pub(crate) fn fails(&self, call: &str) {
        self.on(call, "echo >&2 'played failure'; exit 1");
    }

    pub(crate) fn forgets(&self, program: &str) {
        fs::remove_file(self.path("bin").join(program)).expect("the program was there");
    }

    pub(crate) fn good_secret() -> Value {
        json!({
            "database_url": format!("postgres://forexelite_api.ref:{DATABASE_PASSWORD}@aws-0.pooler.supabase.com:6543/postgres"),
            "supabase_jwt_secret": "jwt-secret-Bb52",
            "supabase_service_key": jwt("service_role"),
            "glm_api_key": "glm-key-Lm03",
            "socket_ticket_secret": "ticket-secret-of-more-than-32-bytes-Tt64",
        })
    }

    pub(crate) fn admin_url() -> String {
        format!("postgres://postgres.ref:{ADMIN_PASSWORD}@aws-0.pooler.supabase.com:5432/postgres")
    }

    /// Secrets Manager has these two.
    pub(crate) fn secrets(&self, functions: &Value, admin: &Value) {
        let shape = |name: &str, secret: &Value| {
            let text = if let Value::String(text) = secret {
                text.clone()
            } else {
                secret.to_string()
            };
            json!({
                "ARN": format!("arn:aws:secretsmanager:eu-central-1:123456789012:secret:{name}-AbCdEf"),
                "Name": name, "VersionId": format!("version-of-{name}"), "SecretString": text,
                "VersionStages": ["AWSCURRENT"], "CreatedDate": "2026-11-01T10:00:00+00:00",
            })
        };
        self.write("secret-forexelite.json", &shape("forexelite", functions).to_string());
        self.write(
            "secret-forexelite-admin.json",
            &shape("forexelite-admin", admin).to_string(),
        );
        self.on(
            "aws-secretsmanager-get-secret-value",
            &format!(
                "cat {}/secret-\"$4\".json 2> /dev/null && exit 0\necho >&2 'An error occurred (ResourceNotFoundException) when \
                 calling the GetSecretValue operation: Secrets Manager can'\"'\"'t find the specified secret.'; exit 254",
                self.folder.path().display()
            ),
        );
    }

    pub(crate) fn no_secrets(&self) {
        for name in ["forexelite", "forexelite-admin"] {
            fs::remove_file(self.path(&format!("secret-{name}.json"))).expect("the secret was there");
        }
    }

    pub(crate) fn stack(&self, status: &str) -> Value {
        let outputs = BTreeMap::from([
            ("DashboardUrl", self.site.url().replacen("http", "https", 1)),
            ("DistributionDomain", "d111111abcdef8.cloudfront.net".to_owned()),
            ("DistributionId", "EDFDVBD6EXAMPLE".to_owned()),
            ("DashboardBucketName", "forexelite-dashboardbucket-1".to_owned()),
        ]);
        let outputs: Vec<_> = outputs
            .into_iter()
            .map(|(key, value)| json!({"OutputKey": key, "OutputValue": value}))
            .collect();
        json!({"Stacks": [{"StackName": "forexelite", "StackStatus": status, "Outputs": outputs}]})
    }

    /// The stack is there already, in this state.
    pub(crate) fn deployed(&self, status: &str) {
        self.answers("aws-cloudformation-describe-stacks", &self.stack(status));
    }

    pub(crate) fn deploy(&self) -> Outcome {
        self.deploy_with(&Options::default(), "")
    }

    pub(crate) fn deploy_with(&self, options: &Options, answers: &str) -> Outcome {
        let mut console = Vec::new();
        let root = self.path("repository");
        let place = Place {
            root: &root,
            path: std::env::join_paths([self.path("bin")]).expect("a path"),
            scheme: "http",
            patience: Patience {
                at_most: Duration::ZERO,
                between: Duration::ZERO,
            },
            console: &mut console,
            answers: Answers {
                input: &mut BufReader::new(Cursor::new(answers.to_owned())),
                person: false,
            },
        };
        let result = deploy::run_in(options, place).map_err(|error| format!("{error:#}"));
        let said = String::from_utf8(console).expect("text");
        let outcome = Outcome { result, said };
        outcome.shows_no_secret(self);
        outcome
    }

    /// Every call in order, a line each. What asks only is left out.
    pub(crate) fn changes(&self) -> Vec<String> {
        let asks = [
            "node ",
            "get-caller-identity",
            "get-secret-value",
            "describe-",
            "list-objects",
        ];
        self.calls()
            .into_iter()
            .filter(|call| !asks.iter().any(|ask| call.contains(ask)))
            .collect()
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        let log = fs::read_to_string(self.path("calls")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    fn program(&self, name: &str) {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/played/program.sh");
        symlink(script, self.path("bin").join(name)).expect("a link can be made");
    }
}

impl Outcome {
    /// Of every run, whatever it is about.
    fn shows_no_secret(&self, played: &Played) {
        let shown = format!("{}{:?}{}", self.said, self.result, played.calls().join("\n"));
        let secret = Played::good_secret();
        let values = secret.as_object().expect("an object").iter();
        let words = values
            .filter(|(key, _)| *key != "database_url")
            .map(|(_, value)| value.as_str().expect("text"));
        for word in words.chain([DATABASE_PASSWORD, ADMIN_PASSWORD]) {
            assert!(!shown.contains(word), "a secret was shown: {word} in\n{shown}");
        }
    }
}

/// A key of Supabase's, so far as its role goes.
pub(crate) fn jwt(role: &str) -> String {
    let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    format!(
        "{}.{}.signature-of-{role}",
        part(json!({"alg": "HS256", "typ": "JWT"})),
        part(json!({"iss": "supabase", "role": role}))
    )
}
