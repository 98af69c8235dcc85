import type { WranglerSettings } from "./wrangler-settings.ts";

/** A socket that workerd listens on; with a key pair it speaks HTTPS. */
export type ServerSocket = {
  readonly name: string;
  /** `127.0.0.1:8787`, or `*:8788` for every interface. */
  readonly address: string;
  readonly tls?: { readonly privateKeyPem: string; readonly certificatePem: string };
};

/** What one workerd process serves. */
export type ServerPlan = {
  readonly settings: WranglerSettings;
  /** The worker's text bindings. */
  readonly vars: Readonly<Record<string, string>>;
  readonly sockets: readonly ServerSocket[];
  /** The built worker, as a path relative to the configuration file: absolute ones are looked up elsewhere. */
  readonly workerFile: string;
  /** Absolute; what ASSETS serves. */
  readonly assetsDirectory: string;
  /** Absolute; where objects keep their SQLite files. */
  readonly storageDirectory: string;
};

/** The configuration of `workerd serve` as Cap'n Proto text; its schema is node_modules/workerd/workerd.capnp. */
export function workerdConfig(plan: ServerPlan): string {
  const { settings } = plan;
  // The unique key names an object's folder on disk and is part of its id: it must never change.
  const namespaces = settings.objects.map(
    ({ className, sqlite }) => `(className = ${text(className)}, uniqueKey = ${text(`canopy-${className}`)}, enableSql = ${sqlite})`,
  );
  const bindings = [
    ...settings.objects.map(({ binding, className }) => `(name = ${text(binding)}, durableObjectNamespace = ${text(className)})`),
    ...Object.entries(plan.vars).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`),
    `(name = ${text(settings.assetsBinding)}, service = "assets")`,
    `(name = "INTERNET", service = "public-internet")`,
  ];
  return `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "canopy", worker = .canopy),
    (name = "assets", disk = (path = ${text(plan.assetsDirectory)})),
    # What the worker calls by itself is the operator's own webhooks, which may well stand in his own network.
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
    # What strangers may have it call must not: after the name was looked up, only public addresses are let through.
    (name = "public-internet", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true))),
    (name = "storage", disk = (path = ${text(plan.storageDirectory)}, writable = true)),
  ],
  sockets = [
    ${plan.sockets.map(socket).join(",\n    ")},
  ],
);

const canopy :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${text(plan.workerFile)})],
  compatibilityDate = ${text(settings.compatibilityDate)},
  compatibilityFlags = [${settings.compatibilityFlags.map(text).join(", ")}],
  durableObjectNamespaces = [
    ${namespaces.join(",\n    ")},
  ],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [
    ${bindings.join(",\n    ")},
  ],
);
`;
}

function socket({ name, address, tls }: ServerSocket): string {
  const head = `name = ${text(name)}, address = ${text(address)}, service = "canopy"`;
  if (tls === undefined) return `(${head}, http = ())`;
  const keypair = `(privateKey = ${text(tls.privateKeyPem)}, certificateChain = ${text(tls.certificatePem)})`;
  return `(${head}, https = (options = (), tlsOptions = (keypair = ${keypair})))`;
}

/** A Cap'n Proto string literal; like C's. */
function text(value: string): string {
  return `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`;
}
