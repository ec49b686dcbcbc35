//! The providers that hookgate knows, each written in the words of [`scheme`](crate::scheme).
//!
//! A provider of your own is a type too:
//!
//! ```
//! use hookgate::{Provider, scheme::{Part::Body, Scheme, header, json}};
//!
//! struct Acme;
//!
//! impl Provider for Acme {
//!     const SCHEME: Scheme = Scheme::hmac_sha256("acme")
//!         .signature(header("x-acme-signature").hex())
//!         .signs(&[Body])
//!         .id(json("/id"));
//! }
//! ```
//!
//! # All of them
//!
#![doc = include_str!("../../docs/providers.md")]

use crate::scheme::Scheme;

/// Who sends: a type, so that receivers of two providers are two types and cannot be mixed up.
pub trait Provider: Send + Sync + 'static {
    /// How this provider signs.
    const SCHEME: Scheme;
}

/// Declares the modules of the providers, their types, and [`ALL`] of them.
macro_rules! catalogue {
    ($($module:ident: $($name:ident),+;)*) => {
        $(mod $module;)*
        $(pub use self::$module::{$($name),+};)*

        /// The schemes of all providers in this module, in alphabetical order.
        pub const ALL: &[Scheme] = &[$($($name::SCHEME),+),*];
    };
}

catalogue! {
    ably: Ably;
    adobe_sign: AdobeSign;
    adyen: Adyen;
    adyen_platform: AdyenPlatform;
    aftership: AfterShip;
    airship: Airship;
    airtable: Airtable;
    airwallex: Airwallex;
    alchemy: Alchemy;
    anthropic: Anthropic;
    app_store: AppStore;
    asana: Asana;
    ashby: Ashby;
    assemblyai: AssemblyAI;
    atlassian_connect: AtlassianConnect;
    attio: Attio;
    auth0: Auth0;
    aws_sns: AwsSns;
    azure_devops: AzureDevOps;
    azure_event_grid: AzureEventGrid;
    bamboohr: BambooHR;
    bandwidth: Bandwidth;
    bigcommerce: BigCommerce;
    bitbucket: Bitbucket;
    bitbucket_server: BitbucketServer;
    bitrise: Bitrise;
    bolt: Bolt;
    box_com: BoxV2;
    braintree: Braintree;
    brevo: Brevo;
    brex: Brex;
    buildkite: Buildkite;
    buildkite_token: BuildkiteToken;
    cal_com: CalCom;
    calendly: Calendly;
    castle: Castle;
    chargebee: Chargebee;
    chargify: Chargify;
    checkout_com: CheckoutCom;
    checkr: Checkr;
    circle: Circle;
    circleci: CircleCI;
    clerk: Clerk;
    clickup: ClickUp;
    cloudevents_webhook: CloudEvents;
    cloudflare_notifications: CloudflareNotifications;
    cloudflare_stream: CloudflareStream;
    cloudinary: Cloudinary, CloudinarySha256;
    coinbase_cdp: CoinbaseCdp;
    coinbase_commerce: CoinbaseCommerce;
    configcat: ConfigCat;
    contentful: Contentful;
    convoy: Convoy, ConvoyBase64;
    convoy_simple: ConvoySimple, ConvoySimpleSha512;
    courier: Courier;
    crisp: Crisp;
    cronofy: Cronofy;
    customerio: CustomerIo;
    daily: Daily;
    datadog: Datadog;
    deepgram: Deepgram;
    dingtalk: DingTalk;
    dingtalk_robot: DingTalkRobot;
    discord: Discord;
    discourse: Discourse;
    docusign: DocuSign;
    dodo_payments: DodoPayments;
    doordash: DoorDash;
    doppler: Doppler;
    dropbox: Dropbox;
    dropbox_sign: DropboxSign;
    dwolla: Dwolla;
    easypost: EasyPost;
    elevenlabs: ElevenLabs;
    etsy: Etsy;
    expo: Expo;
    fal: Fal;
    fastspring: FastSpring;
    feishu: Feishu;
    figma: Figma;
    fireblocks: Fireblocks;
    fireblocks_v1: FireblocksV1;
    fitbit: Fitbit;
    flutterwave: Flutterwave;
    flutterwave_v4: FlutterwaveV4;
    forgejo: Forgejo;
    frameio: FrameIo;
    front: Front;
    front_rule: FrontRule;
    frontegg: Frontegg;
    fusionauth: FusionAuth;
    ghost: Ghost;
    gitea: Gitea;
    github: GitHub;
    github_sha1: GitHubSha1;
    gitlab: GitLab, GitLabToken;
    gocardless: GoCardless;
    gogs: Gogs;
    google_channel: GoogleChannel;
    google_chat: GoogleChat;
    google_pubsub: GooglePubSub;
    grafana: Grafana, GrafanaTimestamped;
    greenhouse: Greenhouse;
    gusto: Gusto;
    help_scout: HelpScout;
    heroku: Heroku;
    honeycomb: Honeycomb;
    hookdeck: Hookdeck;
    http_message_signatures: MessageSignaturesHmacSha256, MessageSignaturesEd25519, MessageSignaturesEcdsaP256, MessageSignaturesRsa, MessageSignaturesRsaPss;
    hubspot_v1: HubSpotV1;
    hubspot_v2: HubSpotV2;
    hubspot_v3: HubSpotV3;
    hygraph: Hygraph;
    incident_io: IncidentIo;
    increase: Increase;
    increase_legacy: IncreaseLegacy;
    intercom: Intercom;
    jfrog: JFrog;
    jfrog_token: JFrogToken;
    jira: Jira;
    kakaotalk: KakaoTalk;
    keygen: Keygen;
    kinde: Kinde;
    klaviyo: Klaviyo;
    knock: Knock;
    launchdarkly: LaunchDarkly;
    lemon_squeezy: LemonSqueezy;
    lever: Lever;
    line: Line;
    linear: Linear;
    linkedin: LinkedIn;
    lithic: Lithic;
    livekit: LiveKit;
    lob: Lob;
    mailersend: MailerSend;
    mailgun: Mailgun;
    mailgun_form: MailgunForm;
    mailjet: Mailjet;
    mailomat: Mailomat;
    mandrill: Mandrill;
    mattermost: Mattermost;
    mercado_pago: MercadoPago;
    mercury: Mercury;
    merge: Merge;
    messagebird: MessageBird;
    messagebird_legacy: MessageBirdLegacy;
    meta: Meta;
    modern_treasury: ModernTreasury;
    mollie: Mollie;
    monday: Monday;
    moralis: Moralis;
    ms_graph: MicrosoftGraph;
    ms_teams: MicrosoftTeams;
    mux: Mux;
    netlify: Netlify;
    new_relic: NewRelic;
    notion: Notion;
    npm: Npm;
    nylas: Nylas;
    okta: Okta;
    onfido: Onfido;
    openai: OpenAI;
    orb: Orb;
    oura: Oura;
    paddle: Paddle;
    paddle_classic: PaddleClassic;
    pagerduty: PagerDuty;
    pandadoc: PandaDoc;
    paypal: PayPal;
    paystack: Paystack;
    persona: Persona;
    pinwheel: Pinwheel;
    pipedrive: Pipedrive;
    plaid: Plaid;
    plivo_v1: PlivoV1;
    plivo_v2: PlivoV2;
    plivo_v3: PlivoV3;
    polar: Polar;
    postal: Postal;
    postmark: Postmark;
    prismic: Prismic;
    pusher: Pusher;
    quickbooks: QuickBooks;
    ramp: Ramp;
    razorpay: Razorpay;
    recharge: Recharge;
    recharge_legacy: RechargeLegacy;
    recurly: Recurly;
    render: Render;
    replicate: Replicate;
    resend: Resend;
    retell: Retell;
    revenuecat: RevenueCatToken;
    revenuecat_signed: RevenueCatSigned;
    rocket_chat: RocketChat;
    sanity: Sanity;
    segment: Segment;
    sendgrid: SendGrid;
    sentry: Sentry;
    sfmc_ens: SalesforceMarketingCloud;
    shipengine: ShipEngine;
    shippo: Shippo;
    shopify: Shopify;
    sinch: Sinch;
    sinch_numbers: SinchNumbers;
    sinch_voice: SinchVoice;
    slack: Slack;
    snyk: Snyk;
    sonarqube: SonarQube;
    sparkpost: SparkPost;
    square: Square;
    squarespace: Squarespace;
    standard_webhooks: StandardWebhooks;
    standard_webhooks_v1a: StandardWebhooksV1a;
    static_header: StaticHeader;
    storyblok: Storyblok;
    strapi: Strapi;
    stripe: Stripe;
    stytch: Stytch;
    sumsub: Sumsub;
    supabase_auth: SupabaseAuth;
    svix: Svix;
    svix_v1a: SvixV1a;
    tailscale: Tailscale;
    tally: Tally;
    telegram: Telegram;
    telnyx: Telnyx;
    terraform_cloud: TerraformCloud;
    terraform_run_task: TerraformRunTask;
    tiktok: TikTok;
    tiktok_shop: TikTokShop;
    toast: Toast;
    transloadit: Transloadit;
    travis_ci: TravisCi;
    trello: Trello;
    twilio: Twilio;
    twilio_events: TwilioEvents;
    twitch: Twitch;
    typeform: Typeform;
    uber: Uber;
    vapi: Vapi;
    vapi_hmac: VapiHmac;
    vercel: Vercel;
    veriff: Veriff;
    viber: Viber;
    vonage: Vonage;
    vonage_sms: VonageSms, VonageSmsMd5, VonageSmsSha1, VonageSmsSha256, VonageSmsSha512;
    webex: Webex;
    webflow: Webflow;
    websub: WebSub, WebSubSha1, WebSubSha384, WebSubSha512;
    wechat: WeChat;
    wecom: WeCom, WeComEcho;
    wise: Wise;
    wix: Wix;
    woocommerce: WooCommerce;
    workable: Workable;
    workos: WorkOS;
    worldline: Worldline;
    x: X;
    xero: Xero;
    zendesk: Zendesk;
    zoom: Zoom;
}

/// The scheme of this name.
pub fn find(name: &str) -> Option<Scheme> {
    ALL.iter().find(|scheme| scheme.name() == name).copied()
}
