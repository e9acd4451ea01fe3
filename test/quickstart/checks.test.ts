import {
  builderCheck,
  clusterCheck,
  contextCheck,
  databaseCheck,
  emptyCheck,
  hostOf,
  imagesNotPulled,
  hostCheck,
  loaderCheck,
  loaderOf,
  portCheck,
  repositoryCheck,
  terraformCheck,
  type WaitingPod,
} from "../../quickstart/checks";

/** What is missing, in the words of who has to do something about it. */
function missing(finding: { found: boolean; detail: string }): string {
  expect(finding.found).toBe(false);
  return finding.detail;
}

describe("Terraform", () => {
  test.each(["Terraform v1.11.4", "Terraform v2.0.0", "OpenTofu v1.12.6"])("%s is enough", (version) => {
    expect(terraformCheck(version)).toMatchObject({ found: true, detail: version });
  });

  test("that is not there, or too old, is to be installed", () => {
    expect(missing(terraformCheck(undefined))).toMatch(
      /neither terraform nor tofu .* install Terraform 1\.11/,
    );
    expect(missing(terraformCheck("Terraform v1.9.8"))).toMatch(/^Terraform v1\.9\.8 is too old; install/);
  });
});

describe("the cluster", () => {
  const contexts = { names: ["kind-leasehold", "staging"], current: "staging" };

  test("is the one that is named, else the current one", () => {
    expect(contextCheck(contexts, undefined)).toMatchObject({ found: true, detail: "staging" });
    expect(contextCheck(contexts, "kind-leasehold")).toMatchObject({ found: true, detail: "kind-leasehold" });
  });

  test("that is none says how to make one", () => {
    expect(missing(contextCheck(undefined, undefined))).toMatch(/kubectl is not on PATH; get it from/);
    expect(missing(contextCheck({ names: [], current: "" }, undefined))).toMatch(
      /no current context, and these: none; make a cluster \('kind create cluster/,
    );
    expect(missing(contextCheck(contexts, "prod"))).toMatch(
      /no context "prod", but these: kind-leasehold, staging/,
    );
  });

  test("that does not answer, or has no native sidecars, says so", () => {
    expect(missing(clusterCheck("kind-leasehold", { error: "connection refused" }))).toMatch(
      /"kind-leasehold" does not answer: connection refused; start it/,
    );
    expect(missing(clusterCheck("old", { version: "v1.28.3" }))).toMatch(/take Kubernetes 1\.29 or later/);
    expect(clusterCheck("new", { version: "v1.36.3" }).found).toBe(true);
  });

  test("in which something is already is not touched", () => {
    expect(emptyCheck([]).found).toBe(true);
    expect(missing(emptyCheck(["namespace/vault", "namespace/shop"]))).toMatch(
      /^namespace\/vault, namespace\/shop are there already.*npm run quickstart -- --down/,
    );
  });
});

describe("the way of an image to the nodes", () => {
  test.each([
    ["kind-leasehold", "kind", 'kind load image-archive "$ARCHIVE" --name leasehold'],
    ["k3d-dev", "k3d", 'k3d image import "$ARCHIVE" --cluster dev'],
    ["minikube", "minikube", 'minikube image load "$ARCHIVE"'],
    ["docker-desktop", "docker", 'docker load --input "$ARCHIVE"'],
  ])("%s", (context, program, command) => {
    expect(loaderOf(context, undefined)).toEqual({ program, command });
    expect(loaderCheck(context, undefined, () => true)).toMatchObject({ found: true, detail: command });
    expect(missing(loaderCheck(context, undefined, () => false))).toMatch(
      `${program} is not on PATH; install it`,
    );
  });

  test("is asked for where nobody knows it", () => {
    expect(missing(loaderCheck("gke_acme", undefined, () => true))).toMatch(/"gke_acme"; say by --load how/);
    expect(loaderCheck("gke_acme", "push $ARCHIVE", () => false)).toMatchObject({
      found: true,
      detail: "push $ARCHIVE",
    });
  });
});

describe("images", () => {
  const all = { platform: "linux", busybox: true, python: true, docker: false } as const;

  test("are assembled on Linux, and built by Docker elsewhere", () => {
    expect(builderCheck(all).detail).toMatch(/^assembled/);
    expect(builderCheck({ ...all, busybox: false, docker: true }).detail).toBe("built by Docker");
    expect(builderCheck({ ...all, platform: "darwin", docker: true }).detail).toBe("built by Docker");
  });

  test("that nothing can make name all that is missing", () => {
    expect(missing(builderCheck({ ...all, busybox: false, python: false }))).toMatch(
      /busybox .*, python3 with venv/,
    );
    expect(missing(builderCheck({ ...all, platform: "darwin" }))).toMatch(/Docker does not answer; start it/);
  });
});

describe("the way back from pods", () => {
  const ways = { platform: "linux", gateway: "172.18.0.1", onTheWay: "192.168.1.7" } as const;

  test.each([
    ["kind-leasehold", "linux", "172.18.0.1"],
    ["kind-leasehold", "darwin", "host.docker.internal"],
    ["docker-desktop", "linux", "host.docker.internal"],
    ["elsewhere", "linux", "192.168.1.7"],
  ] as const)("%s on %s: %s", (context, platform, host) => {
    expect(hostOf({ ...ways, context, platform })).toBe(host);
  });

  test("is what is named, and asked for where nobody knows it", () => {
    expect(hostOf({ ...ways, context: "kind-leasehold", named: "10.0.0.9" })).toBe("10.0.0.9");
    expect(missing(hostCheck(hostOf({ context: "elsewhere", platform: "linux" })))).toMatch(
      /name it by --host/,
    );
  });
});

test("a port that is taken names who is to listen there, and the ways out", () => {
  expect(missing(portCheck("PostgreSQL", 5432, true, "name another port by --port"))).toBe(
    "something listens on it, and PostgreSQL is to; stop it (lsof -i :5432), or name another port by --port",
  );
});

test("a PostgreSQL that is named answers, is new enough, and has no database of that name", () => {
  expect(databaseCheck({ version: 18, hasShop: false }).found).toBe(true);
  expect(missing(databaseCheck({ version: 18, hasShop: true }))).toMatch(/has a database "shop" already/);
  expect(missing(databaseCheck({ version: 14, hasShop: false }))).toMatch(/take 15 or later/);
  expect(missing(databaseCheck({ error: "timeout" }))).toMatch(/does not answer: timeout; --postgres takes/);
});

test("a repository of charts that does not answer leaves the chart on disk", () => {
  expect(repositoryCheck("https://charts.acme.example", undefined).found).toBe(true);
  expect(missing(repositoryCheck("https://charts.acme.example", "status 403"))).toMatch(
    /status 403; allow it, or name the chart on disk by --chart/,
  );
});

describe("an image that no node gets", () => {
  const pod = (name: string, image: string, reason: string): WaitingPod => ({
    metadata: { name, namespace: "shop" },
    status: { containerStatuses: [{ image, state: { waiting: { reason, message: "not found" } } }] },
  });

  test("is said once for all pods, with what to do about an image of this run's own", () => {
    const name = "quickstart.local/orders:1";
    const [said, ...more] = imagesNotPulled([
      pod("orders-1", name, "ImagePullBackOff"),
      pod("orders-2", name, "ErrImagePull"),
    ]);
    expect(said).toMatch(/node of shop\/orders-1 has not pulled .*: not found; it is in no registry: --load/);
    expect(more).toEqual([]);
  });

  test("of a registry is to be let through, and what only takes time is no trouble", () => {
    const [said] = imagesNotPulled([pod("vault-0", "hashicorp/vault:2.0.4", "ErrImagePull")]);
    expect(said).toMatch(/let the nodes reach its registry/);
    expect(
      imagesNotPulled([
        pod("vault-0", "hashicorp/vault:2.0.4", "ContainerCreating"),
        { metadata: { name: "a" } },
      ]),
    ).toEqual([]);
  });
});
