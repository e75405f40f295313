package org.entente.gateway.node.doctor;

import static org.entente.gateway.node.doctor.DoctorCheck.Phase.ALWAYS;
import static org.entente.gateway.node.doctor.DoctorCheck.Phase.BEFORE;
import static org.entente.gateway.node.doctor.DoctorCheck.Phase.RUNNING;
import static org.entente.gateway.node.doctor.DoctorCheck.Phase.STOPPED;
import static org.entente.gateway.node.doctor.DoctorCheck.Severity.ERROR;
import static org.entente.gateway.node.doctor.DoctorCheck.Severity.WARNING;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.node.disk.LedgerFolder;
import org.entente.gateway.node.doctor.DoctorCheck.Phase;
import org.entente.gateway.node.doctor.DoctorCheck.Probe;
import org.entente.gateway.node.doctor.DoctorCheck.Severity;
import org.entente.gateway.node.files.ClientDirectory;
import org.entente.gateway.node.keys.TlsCertificateReloader;

/** The checks, as data. A check stands after those that it needs. */
public final class DoctorChecks {
  /** The category of checks that look into the network. */
  static final String NETWORK = "network";

  private static final String OPERATING = "docs/operate/operating.md#";
  private static final String STARTING = OPERATING + "starting-and-stopping";
  private static final String LINKS = OPERATING + "links-and-lanes";
  private static final String EXPIRY = "docs/operate/federation.md#when-it-expires";
  private static final String TLS = "docs/operate/keys.md#renewing-the-tls-certificate";
  private static final String CLIENTS = "docs/operate/clients.md";
  private static final String DISK = "docs/operate/limits.md#a-filling-disk";

  private static final String CONFIGURATION = "configuration.file";
  private static final String PEERS = "configuration.links";
  private static final String REGISTERED = "configuration.clients";
  private static final String BUNDLE = "trust.bundle";
  private static final String MEMBER = "trust.member";
  private static final String AGREEMENTS = "policy.agreements";
  private static final String LISTEN = "network.listen";
  private static final String PORTS = "network.ports";
  private static final String NAMES = "network.names";
  private static final String FREE_DISK = "disk.free";
  private static final String FOLDERS = "disk.folders";
  private static final String PASSPHRASE = "keys.passphrase";
  private static final String CERTIFICATE = "keys.tls";
  private static final String ANSWERS = "gateway.answers";
  private static final String READY = "gateway.ready";

  /**
   * What a running gateway warns of.
   *
   * @param word first word of its warnings
   */
  private record Topic(String word, String hint, String page) {}

  private static final List<Topic> TOPICS =
      List.of(
          new Topic(
              "ledger",
              "Copy the ledger before you repair anything.",
              OPERATING + "a-record-that-cannot-be-read"),
          new Topic(
              "cluster",
              "Start the machine that it names; `entente cluster status` shows all.",
              "docs/operate/cluster.md#failures"),
          new Topic("disk", "Make room on the disk of `data`.", DISK),
          new Topic(
              "policy",
              "Complete the agreements; `entente policy lint --config` names file and line.",
              "docs/policy/tools.md#lint-find-mistakes-and-oddities"),
          new Topic("clock", "Set the clock, and keep it by NTP.", OPERATING + "first-look"),
          new Topic("link", "Run `entente link list`, and follow the page.", LINKS),
          new Topic(
              "quarantine",
              "Decide on its messages: `entente quarantine list`.",
              OPERATING + "quarantine"),
          new Topic(
              "subscription",
              "Run `entente subscription list`; redrive or discard dead letters.",
              OPERATING + "subscriptions"),
          new Topic(
              "ipr",
              "Tell the authority which cases `entente ipr list` names.",
              "docs/integrate/ipr.md"),
          new Topic(
              "operation",
              "Send nothing in it before you compared the hashes by voice.",
              "docs/integrate/operations.md"),
          new Topic("trust", "Tell the root holders, and install the next bundle.", EXPIRY),
          new Topic(
              "client",
              "Renew the certificate with `entente client renew`, or correct the client list.",
              CLIENTS),
          new Topic("tls", "Renew it with `entente tls renew`.", TLS),
          new Topic(
              "audit", "Check the links to the witnesses.", "docs/security/audit.md#witnesses"),
          new Topic(
              "erasures", "Find in the log why they do not end.", "docs/security/erasure.md"));

  /** All checks, in the order in which they are made. */
  public static final List<DoctorCheck> ALL = all();

  private DoctorChecks() {}

  private static List<DoctorCheck> all() {
    List<DoctorCheck> all = new ArrayList<>();
    addConfiguration(all);
    addTrustAndPolicy(all);
    addKeys(all);
    addDisk(all);
    addNetwork(all);
    addGateway(all);
    return List.copyOf(all);
  }

  private static DoctorCheck check(
      String id,
      Severity severity,
      Phase phase,
      List<String> needs,
      String hint,
      String page,
      Probe probe) {
    return new DoctorCheck(id, severity, phase, needs, hint, page, probe);
  }

  private static void addConfiguration(List<DoctorCheck> all) {
    all.add(
        check(
            CONFIGURATION,
            ERROR,
            ALWAYS,
            List.of(),
            "Correct the path or the field; `config/nodes` has commented samples.",
            STARTING,
            FileProbes.read(DoctorSubject::config)));
    all.add(
        check(
            PEERS,
            ERROR,
            STOPPED,
            List.of(CONFIGURATION),
            "Write each peer's name as in the trust bundle, and `dial` as host:port.",
            LINKS,
            FileProbes.step(subject -> subject.files().requireLinks())));
    all.add(
        check(
            REGISTERED,
            ERROR,
            STOPPED,
            List.of(CONFIGURATION),
            "Give each client one name and known scopes; repair the client list by `entente"
                + " client`.",
            CLIENTS,
            FileProbes.read(subject -> ClientDirectory.require(subject.config()))));
    all.add(
        check(
            "clock.files",
            WARNING,
            ALWAYS,
            List.of(CONFIGURATION),
            "Compare the clock with another machine's, and keep it by NTP.",
            OPERATING + "first-look",
            FileProbes::filesOfTheFuture));
  }

  private static void addTrustAndPolicy(List<DoctorCheck> all) {
    all.add(
        check(
            BUNDLE,
            ERROR,
            ALWAYS,
            List.of(CONFIGURATION),
            "Install the current bundle with `entente join`.",
            "docs/operate/ceremony.md#the-first-bundle",
            FileProbes.read(DoctorSubject::bundle)));
    all.add(
        check(
            "trust.end",
            WARNING,
            STOPPED,
            List.of(BUNDLE),
            "Ask the root holders for the next bundle.",
            EXPIRY,
            FileProbes::bundleEnd));
    all.add(
        check(
            MEMBER,
            ERROR,
            STOPPED,
            List.of(BUNDLE),
            "Correct `agency`, or ask to join.",
            "docs/operate/ceremony.md#asking-to-join",
            FileProbes::membership));
    all.add(
        check(
            "trust.keys-end",
            WARNING,
            STOPPED,
            List.of(MEMBER),
            "Make the next ones and ask the root holders to list them.",
            "docs/operate/keys.md#the-agencys-next-ca",
            FileProbes::memberKeysEnd));
    all.add(
        check(
            "trust.links",
            WARNING,
            STOPPED,
            List.of(BUNDLE),
            "Correct the peer's name, or wait until it has joined.",
            LINKS,
            subject -> subject.files().linksToStrangers(subject.bundle())));
    all.add(
        check(
            AGREEMENTS,
            ERROR,
            STOPPED,
            List.of(BUNDLE),
            "Correct the file or the path; `entente policy lint` says what is valid.",
            "docs/policy/tools.md#lint-find-mistakes-and-oddities",
            FileProbes.read(subject -> subject.files().rulebook(subject.bundle()))));
    all.add(
        check(
            "policy.members",
            WARNING,
            STOPPED,
            List.of(AGREEMENTS),
            "Adapt the agreement to the federation's members and groups, with the other parties.",
            "docs/policy/agreements.md#what-depends-on-the-members",
            FileProbes::problemsOfMembers));
    all.add(
        check(
            "policy.in-force",
            WARNING,
            STOPPED,
            List.of(AGREEMENTS),
            "Put agreements into the folder; `entente policy new` writes one to complete.",
            "docs/policy/agreements.md",
            FileProbes::withoutAgreement));
    all.add(
        check(
            "policy.obligations",
            ERROR,
            STOPPED,
            List.of(CONFIGURATION),
            "Name only obligations that exist in `policy.cannot_fulfil`.",
            "docs/policy/agreements.md#fields",
            FileProbes.read(subject -> subject.files().fulfilment())));
  }

  private static void addKeys(List<DoctorCheck> all) {
    all.add(
        check(
            PASSPHRASE,
            ERROR,
            STOPPED,
            List.of(CONFIGURATION),
            "Run the command as the gateway's user, who alone may read the passphrase; or correct"
                + " `passphrase`.",
            "docs/operate/keys.md#a-passphrase-for-the-keystore",
            FileProbes.step(subject -> subject.files().tryPassphrase())));
    all.add(
        check(
            "keys.keystore",
            ERROR,
            STOPPED,
            List.of(PASSPHRASE),
            "Name the folder and the passphrase that `entente init` got; only the gateway's user"
                + " may enter the folder.",
            "docs/operate/keys.md#a-passphrase-for-the-keystore",
            FileProbes.step(subject -> subject.files().requireKeystore())));
    all.add(
        check(
            CERTIFICATE,
            ERROR,
            STOPPED,
            List.of(PASSPHRASE),
            "Issue a certificate for this gateway; only its user may read the key.",
            TLS,
            FileProbes.read(
                subject -> TlsCertificateReloader.open(subject.files(), subject.clock()))));
    all.add(
        check(
            "keys.tls-end",
            WARNING,
            STOPPED,
            List.of(CERTIFICATE),
            "Renew it with `entente tls renew`.",
            TLS,
            FileProbes::certificateEnd));
    all.add(
        check(
            "keys.tls-trusted",
            ERROR,
            STOPPED,
            List.of(CERTIFICATE, MEMBER),
            "Issue it by the CA that the trust bundle lists for this agency.",
            TLS,
            FileProbes::certificateRefused));
    all.add(
        check(
            "keys.clients",
            WARNING,
            STOPPED,
            List.of(REGISTERED),
            "Renew the certificate with `entente client renew`, or revoke the client.",
            CLIENTS + "#renewing",
            FileProbes::clientCertificates));
  }

  private static void addDisk(List<DoctorCheck> all) {
    all.add(
        check(
            FOLDERS,
            ERROR,
            STOPPED,
            List.of(CONFIGURATION),
            "Mount the disk; let the gateway's user write there.",
            STARTING,
            FileProbes::folders));
    all.add(
        check(
            "disk.ledger",
            ERROR,
            STOPPED,
            List.of(FOLDERS),
            "Mount its disk, or restore a backup; its mode must be 700.",
            OPERATING + "the-ledger-is-missing",
            FileProbes.step(subject -> LedgerFolder.requireLedger(subject.config()))));
    all.add(
        check(
            FREE_DISK,
            ERROR,
            STOPPED,
            List.of(FOLDERS),
            "Make room, or put `data` on a larger disk.",
            DISK,
            FileProbes::fullDisk));
    all.add(
        check(
            "disk.filling",
            WARNING,
            STOPPED,
            List.of(FREE_DISK),
            "Make room before it is short.",
            DISK,
            FileProbes::fillingDisk));
    all.add(
        check(
            "disk.backups",
            WARNING,
            ALWAYS,
            List.of(CONFIGURATION),
            "Let only the gateway's user enter it (chmod 700), or restrict who mounts its medium.",
            "docs/operate/backup.md#making-copies",
            FileProbes::openBackups));
  }

  private static void addNetwork(List<DoctorCheck> all) {
    all.add(
        check(
            LISTEN,
            ERROR,
            STOPPED,
            List.of(CONFIGURATION),
            "Write an address of this machine with a port of its own.",
            STARTING,
            subject -> ConfigurationCheck.portProblems(subject.config())));
    all.add(
        check(
            PORTS,
            ERROR,
            STOPPED,
            List.of(LISTEN),
            "If it is this gateway, which has just started, wait (--wait). Otherwise end the"
                + " program that listens there, or choose another port.",
            STARTING,
            NetworkProbes::takenPorts));
    all.add(
        check(
            "network.bind",
            ERROR,
            BEFORE,
            List.of(PORTS),
            "Choose another port, or let the gateway's user open this one.",
            STARTING,
            NetworkProbes::refusedPorts));
    all.add(
        check(
            NAMES,
            WARNING,
            ALWAYS,
            List.of(CONFIGURATION, PEERS),
            "Correct `dial`, or the name server.",
            LINKS,
            NetworkProbes::unknownNames));
    all.add(
        check(
            "network.peers",
            WARNING,
            ALWAYS,
            List.of(NAMES),
            "Ask the peer whether its gateway runs; check both firewalls.",
            LINKS,
            NetworkProbes::silentPeers));
    all.add(
        check(
            "network.inward",
            WARNING,
            ALWAYS,
            List.of(CONFIGURATION),
            "Set `dial` of the link, or `listen.peers`.",
            LINKS,
            NetworkProbes::unreachablePeers));
    all.add(
        check(
            "network.endpoints",
            WARNING,
            ALWAYS,
            List.of(BUNDLE),
            "Correct `listen.peers`, or ask the root holders to change the endpoints.",
            "docs/operate/ceremony.md#asking-to-join",
            NetworkProbes::strayEndpoints));
  }

  private static void addGateway(List<DoctorCheck> all) {
    all.add(
        check(
            ANSWERS,
            ERROR,
            RUNNING,
            List.of(CONFIGURATION),
            "Start it with `entente run`; standard error says why a start fails.",
            STARTING,
            GatewayProbes::silence));
    all.add(
        check(
            READY,
            ERROR,
            RUNNING,
            List.of(ANSWERS),
            "Find the line in the table of the page.",
            OPERATING + "first-look",
            GatewayProbes::obstacles));
    all.add(
        check(
            "links.up",
            WARNING,
            RUNNING,
            List.of(READY),
            "Compare `network.peers`; the log says if one side refuses the other.",
            LINKS,
            GatewayProbes::linksDown));
    for (Topic topic : TOPICS) {
      all.add(
          check(
              "gateway." + topic.word(),
              WARNING,
              RUNNING,
              List.of(READY),
              topic.hint(),
              topic.page(),
              GatewayProbes.warnings(topic.word())));
    }
    all.add(
        check(
            "gateway.other",
            WARNING,
            RUNNING,
            List.of(READY),
            "Find the line in the table of the page.",
            OPERATING + "first-look",
            GatewayProbes.otherWarnings(TOPICS.stream().map(Topic::word).toList())));
  }
}
