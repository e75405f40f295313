package org.entente.gateway.config;

import static org.entente.gateway.config.ConfigBounds.bounded;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.entente.gateway.model.DeskName;
import org.entente.gateway.model.InvalidValue;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of one gateway node, as written in its YAML file. Paths are relative to the folder
 * of that file. Absent fields have the defaults named here; unknown fields are refused.
 *
 * @param federation name of the federation
 * @param agency the agency that this gateway serves
 * @param gateway name of this gateway within the agency
 * @param trust the trust bundle and the roots that sign it
 * @param tls this gateway's certificate chain and private key
 * @param keystore folder of the node's secret keys; outside {@code data} and its backups
 * @param passphrase protects the keystore, and opens {@code tls.key} if that is encrypted; absent
 *     for neither
 * @param data folder of the ledger
 * @param audit folder of the last signed checkpoint; apart from {@code data}
 * @param backup folder for copies of the ledger; if absent, no copies can be made
 * @param policy agreements and node rules
 * @param listen addresses to listen on
 * @param console the console in the browser, on the admin port; absent: off
 * @param links direct links to peers
 * @param clients the agency's own systems
 * @param clientList file of the clients that {@code entente client} added, changed or revoked; read
 *     again when it changes ({@link ClientList}); absent: clients change only with a restart
 * @param limits bounds
 * @param disk when to act on a filling disk
 * @param witnesses how the audit log is witnessed
 * @param openWithin how long recipients have to open a message, by lane
 * @param reflection whether gRPC reflection answers clients; true by default
 * @param ipr calendar of the procedure for intellectual property rights; needed where a client has
 *     its scopes
 * @param risk names of score bands
 * @param requests reminders of requests that wait for an answer
 * @param release rules for decisions on messages that wait for a second person
 * @param tracing traces of single messages; absent: off
 * @param attachments files that belong to messages; absent: none are kept or fetched
 * @param exerciseRetentionDays days that exercise traffic is kept at most, here and by those to
 *     whom this agency sends it, 1 to 36,500; absent: as long as its agreement says
 * @param subscriptions durable subscriptions of clients, which the gateway creates
 * @param cluster the machines that run this gateway together; absent: this machine alone
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record NodeConfig(
    String federation,
    String agency,
    String gateway,
    Trust trust,
    Tls tls,
    Path keystore,
    @Nullable Passphrase passphrase,
    Path data,
    Path audit,
    @Nullable Backup backup,
    PolicySettings policy,
    Listen listen,
    @Nullable Console console,
    List<Link> links,
    List<Client> clients,
    @Nullable Path clientList,
    @Nullable Limits limits,
    @Nullable Disk disk,
    @Nullable Witnesses witnesses,
    @Nullable OpenWithinConfig openWithin,
    @Nullable Boolean reflection,
    @Nullable IprConfig ipr,
    @Nullable RiskConfig risk,
    @Nullable RequestsConfig requests,
    @Nullable ReleaseConfig release,
    @Nullable TracingConfig tracing,
    @Nullable AttachmentsConfig attachments,
    @Nullable Integer exerciseRetentionDays,
    List<Subscription> subscriptions,
    @Nullable ClusterConfig cluster) {
  private static final int MOST_DAYS = 36_500;

  private static final String ANY_HOST = "(0\\.0\\.0\\.0|\\[?[0:]+]?):\\d+";

  /** More than the largest message between gateways. */
  private static final int LEAST_BUFFERED_BYTES = 48 << 20;

  public NodeConfig {
    Objects.requireNonNull(federation, "federation");
    Objects.requireNonNull(agency, "agency");
    Objects.requireNonNull(gateway, "gateway");
    Objects.requireNonNull(trust, "trust");
    Objects.requireNonNull(tls, "tls");
    Objects.requireNonNull(keystore, "keystore");
    Objects.requireNonNull(data, "data");
    Objects.requireNonNull(audit, "audit");
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(listen, "listen");
    links = links == null ? List.of() : List.copyOf(links);
    subscriptions = subscriptions == null ? List.of() : List.copyOf(subscriptions);
    clients = clients == null ? List.of() : List.copyOf(clients);
    limits = limits == null ? Limits.DEFAULT : limits;
    disk = disk == null ? Disk.DEFAULT : disk;
    witnesses = witnesses == null ? Witnesses.DEFAULT : witnesses;
    openWithin = openWithin == null ? OpenWithinConfig.DEFAULT : openWithin;
    reflection = reflection == null || reflection;
    requests = requests == null ? RequestsConfig.DEFAULT : requests;
    release = release == null ? ReleaseConfig.DEFAULT : release;
    if (exerciseRetentionDays != null
        && (exerciseRetentionDays < 1 || exerciseRetentionDays > MOST_DAYS)) {
      throw new IllegalArgumentException(
          "exercise_retention_days is "
              + exerciseRetentionDays
              + "; it must be from 1 to "
              + MOST_DAYS
              + ", or be left out to keep exercises for the agreement's retention");
    }
    if (console != null && console.hosts().isEmpty() && listen.admin().matches(ANY_HOST)) {
      throw new IllegalArgumentException(
          "console.hosts is missing: listen.admin names no host, so name the host:port by which"
              + " browsers reach the console");
    }
    if (attachments != null
        && Objects.requireNonNull(limits).messageBytes() < AttachmentsConfig.LEAST_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          "limits.message_bytes is below "
              + AttachmentsConfig.LEAST_MESSAGE_BYTES
              + ", so attachments could not be uploaded; raise it, or leave attachments out");
    }
    if (attachments != null) {
      attachments.isApartFrom("data", data);
      attachments.isApartFrom("keystore", keystore);
      attachments.isApartFrom("audit", audit);
      if (backup != null) {
        attachments.isApartFrom("backup.folder", backup.folder());
      }
    }
    if (ipr == null && clients.stream().anyMatch(NodeConfig::isOfIpr)) {
      throw new IllegalArgumentException(
          "ipr is missing: it has the calendar for computing deadlines, and a client has the "
              + "scope ipr or rights_holder");
    }
    if (clients.stream().anyMatch(client -> !client.desks().isEmpty())
        && clients.stream().noneMatch(client -> client.reads() && client.desks().isEmpty())) {
      throw new IllegalArgumentException(
          "clients.desks: every client with the scope subscribe or search sits at a desk; at"
              + " least one needs to have no desks, so that it receives messages for desks at"
              + " which nobody sits");
    }
    if (cluster != null) {
      cluster.requireFit(
          data,
          keystore,
          listen.clients(),
          listen.peers(),
          attachments == null ? null : attachments.folder());
    }
  }

  private static boolean isOfIpr(Client client) {
    return client.scopes().contains("ipr") || client.scopes().contains(Client.RIGHTS_HOLDER);
  }

  /** The limits in force. */
  public Limits limitsInForce() {
    return Objects.requireNonNull(limits);
  }

  /** When to act on a filling disk. */
  public Disk diskInForce() {
    return Objects.requireNonNull(disk);
  }

  /** How the audit log is witnessed. */
  public Witnesses witnessesInForce() {
    return Objects.requireNonNull(witnesses);
  }

  /** How long recipients have to open a message. */
  public OpenWithinConfig openWithinInForce() {
    return Objects.requireNonNull(openWithin);
  }

  /** Reminders of requests that wait for an answer. */
  public RequestsConfig requestsInForce() {
    return Objects.requireNonNull(requests);
  }

  /** The rules for decisions on messages that wait for a second person. */
  public ReleaseConfig releaseInForce() {
    return Objects.requireNonNull(release);
  }

  /** Most days that exercise traffic is kept; empty if only its agreement limits that. */
  public Optional<Integer> exerciseDays() {
    return Optional.ofNullable(exerciseRetentionDays);
  }

  /** The procedure for intellectual property rights. */
  public IprConfig iprInForce() {
    return ipr == null ? IprConfig.UNUSED : ipr;
  }

  /** The names of score bands. */
  public RiskConfig riskInForce() {
    return risk == null ? RiskConfig.UNNAMED : risk;
  }

  /** A copy with every path resolved against a folder. */
  public NodeConfig resolvedAgainst(Path folder) {
    return copy(folder::resolve, clients);
  }

  /**
   * A copy with other clients.
   *
   * @throws IllegalArgumentException if they do not fit together, or do not fit the rest
   */
  public NodeConfig withClients(List<Client> others) {
    return copy(path -> path, others);
  }

  private NodeConfig copy(UnaryOperator<Path> place, List<Client> others) {
    return new NodeConfig(
        federation,
        agency,
        gateway,
        new Trust(place.apply(trust.bundle()), place.apply(trust.roots())),
        new Tls(place.apply(tls.certificate()), place.apply(tls.key())),
        place.apply(keystore),
        passphrase == null ? null : passphrase.copy(place),
        place.apply(data),
        place.apply(audit),
        backup == null ? null : new Backup(place.apply(backup.folder()), backup.keep()),
        new PolicySettings(
            place.apply(policy.agreements()),
            policy.nodeRules() == null ? null : place.apply(policy.nodeRules()),
            policy.codes() == null ? null : place.apply(policy.codes()),
            policy.cannotFulfil()),
        listen,
        console,
        links,
        others,
        clientList == null ? null : place.apply(clientList),
        limits,
        disk,
        witnesses,
        openWithin,
        reflection,
        ipr,
        risk,
        requests,
        release,
        tracing,
        attachments == null ? null : attachments.copy(place),
        exerciseRetentionDays,
        subscriptions,
        cluster == null ? null : cluster.copy(place));
  }

  /**
   * The source of trust.
   *
   * @param bundle the signed trust bundle; read again when it changes
   * @param roots the root pairs and their threshold
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Trust(Path bundle, Path roots) {
    public Trust {
      Objects.requireNonNull(bundle, "trust.bundle");
      Objects.requireNonNull(roots, "trust.roots");
    }
  }

  /**
   * The gateway's TLS identity.
   *
   * @param certificate PEM chain, leaf first
   * @param key PEM, PKCS#8
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Tls(Path certificate, Path key) {
    public Tls {
      Objects.requireNonNull(certificate, "tls.certificate");
      Objects.requireNonNull(key, "tls.key");
    }
  }

  /**
   * The source of a passphrase: exactly one of the two.
   *
   * @param file a file that only its owner may read; a final line break is ignored
   * @param environment name of an environment variable
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Passphrase(@Nullable Path file, @Nullable String environment) {
    public Passphrase {
      if ((file == null) == (environment == null)) {
        throw new IllegalArgumentException("passphrase must have either file or environment");
      }
    }

    private Passphrase copy(UnaryOperator<Path> place) {
      return new Passphrase(file == null ? null : place.apply(file), environment);
    }
  }

  /**
   * Copies of the ledger.
   *
   * @param folder the folder, preferably on another disk, and inside neither {@code data} nor
   *     {@code keystore}
   * @param keep how many of the newest copies to keep, 7 by default, at most 1,000
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Backup(Path folder, @OrDefault int keep) {
    public Backup {
      Objects.requireNonNull(folder, "backup.folder");
      keep = bounded("backup.keep", keep, 7, 1, 1_000);
    }
  }

  /**
   * The sources of policy.
   *
   * @param agreements folder of agreement files; read again when one changes
   * @param nodeRules file of this node's own rules, or absent
   * @param codes folder of code lists; if absent, the shipped lists are used, which have no
   *     classification schemes
   * @param cannotFulfil obligations of labels that this agency cannot fulfil although its gateway
   *     could, such as ONWARD_WITH_CONSENT; other agencies are told, and send it no message with
   *     these obligations
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record PolicySettings(
      Path agreements, @Nullable Path nodeRules, @Nullable Path codes, List<String> cannotFulfil) {
    public PolicySettings {
      Objects.requireNonNull(agreements, "policy.agreements");
      cannotFulfil = cannotFulfil == null ? List.of() : List.copyOf(cannotFulfil);
    }
  }

  /**
   * Addresses as {@code host:port}; port 0 takes a free one, which is printed at start.
   *
   * @param clients for the agency's own systems
   * @param peers for other gateways; absent if this node only dials out
   * @param admin metrics and health in plain HTTP, so loopback or a protected network only; and the
   *     console, over TLS unless the browser is on this machine
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Listen(String clients, @Nullable String peers, String admin) {
    public Listen {
      Objects.requireNonNull(clients, "listen.clients");
      Objects.requireNonNull(admin, "listen.admin");
    }
  }

  /**
   * The console in the browser.
   *
   * @param hosts further {@code host:port} by which browsers reach it, besides {@code
   *     listen.admin}; {@code entente console} prints the first. At most 16; one at least if {@code
   *     listen.admin} names no host
   * @param tokenSeconds how long a printed address is valid, 120 by default, at most 600
   * @param idleMinutes after how long without a request a session ends, 15 by default, at most 480
   * @param sessionHours after how long each session ends, 12 by default, at most 24
   * @param sessions sessions of one client, 4 by default, at most 32
   * @param streams live pages of one client, 8 by default, at most 32
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Console(
      List<String> hosts,
      @OrDefault int tokenSeconds,
      @OrDefault int idleMinutes,
      @OrDefault int sessionHours,
      @OrDefault int sessions,
      @OrDefault int streams) {
    private static final int MOST_HOSTS = 16;
    private static final Pattern HOST = Pattern.compile("[0-9a-z.:\\[\\]-]{1,253}:[0-9]{1,5}");

    public Console {
      hosts = hosts == null ? List.of() : List.copyOf(hosts);
      if (hosts.size() > MOST_HOSTS) {
        throw new IllegalArgumentException("console.hosts has more than " + MOST_HOSTS + " hosts");
      }
      for (String host : hosts) {
        if (!HOST.matcher(host).matches()) {
          throw new IllegalArgumentException(
              "console.hosts has "
                  + InvalidValue.printable(host)
                  + "; valid is host:port in lower case, such as gw.example:9441");
        }
      }
      tokenSeconds = bounded("console.token_seconds", tokenSeconds, 120, 10, 600);
      idleMinutes = bounded("console.idle_minutes", idleMinutes, 15, 1, 480);
      sessionHours = bounded("console.session_hours", sessionHours, 12, 1, 24);
      sessions = bounded("console.sessions", sessions, 4, 1, 32);
      streams = bounded("console.streams", streams, 8, 1, 32);
    }
  }

  /**
   * A direct link.
   *
   * @param peer the other agency
   * @param dial {@code host:port} to dial, or a list of at most {@value #MOST_ADDRESSES}, which are
   *     tried in turn; empty if the peer dials
   * @param gateway name of the peer's gateway to dial, {@code gateway-1} by default
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Link(
      String peer,
      @JsonFormat(
              with = {
                JsonFormat.Feature.ACCEPT_SINGLE_VALUE_AS_ARRAY,
                JsonFormat.Feature.WRITE_SINGLE_ELEM_ARRAYS_UNWRAPPED
              })
          List<String> dial,
      @Nullable String gateway) {
    /** Most addresses of one peer. */
    public static final int MOST_ADDRESSES = 16;

    public Link {
      Objects.requireNonNull(peer, "links.peer");
      dial = Objects.requireNonNullElse(dial, List.of());
      if (dial.size() > MOST_ADDRESSES || Set.copyOf(dial).size() < dial.size()) {
        throw new IllegalArgumentException(
            "links.dial has %s; valid is at most %d different addresses"
                .formatted(InvalidValue.printable(dial.toString()), MOST_ADDRESSES));
      }
      dial = List.copyOf(dial);
      gateway = gateway == null ? "gateway-1" : gateway;
    }
  }

  /**
   * A durable subscription that the gateway creates, and changes while no stream holds it. One that
   * is taken out here stays until it is deleted.
   *
   * @param client its client
   * @param name its name
   * @param shared whether its streams compete; false by default
   * @param condition CEL over the label; absent: all messages
   * @param exercise whether it delivers exercise traffic instead of actual; false by default
   * @param fromNow whether it starts after the last stored message instead of at the oldest; false
   *     by default
   * @param leaseSeconds shared only: time to acknowledge a message, 60 by default
   * @param maxDeliveries shared only: deliveries until a message is a dead letter, 5 by default
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Subscription(
      String client,
      String name,
      @Nullable Boolean shared,
      @Nullable String condition,
      @Nullable Boolean exercise,
      @Nullable Boolean fromNow,
      @OrDefault int leaseSeconds,
      @OrDefault int maxDeliveries) {
    public Subscription {
      Objects.requireNonNull(client, "subscriptions.client");
      Objects.requireNonNull(name, "subscriptions.name");
    }
  }

  /**
   * One of the agency's own systems.
   *
   * @param name its name in the certificate
   * @param scopes some of publish, subscribe, search, watch, score, evidence, release, consent,
   *     recall, task, retention, audit, operator, ipr, rights_holder; rights_holder must be the
   *     only one
   * @param desks the desks at which it sits: of messages for desks, it receives only those for one
   *     of these. A client without desks receives all. Not allowed with scopes that look across the
   *     agency: consent, retention, audit, operator, rights_holder. At most 64
   * @param desksOnly whether it receives only messages for its desks; false by default
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Client(
      String name, List<String> scopes, List<String> desks, @Nullable Boolean desksOnly) {
    private static final String RIGHTS_HOLDER = "rights_holder";
    private static final List<String> ACROSS =
        List.of("consent", "retention", "audit", "operator", RIGHTS_HOLDER);
    private static final int MOST_DESKS = 64;

    public Client {
      Objects.requireNonNull(name, "clients.name");
      scopes = scopes == null ? List.of() : List.copyOf(scopes);
      if (scopes.contains(RIGHTS_HOLDER) && scopes.size() > 1) {
        throw new IllegalArgumentException(
            "clients.scopes has rights_holder together with others; the client of a rights holder"
                + " may have that scope only");
      }
      desks = desks == null ? List.of() : List.copyOf(desks);
      seated(name, scopes, desks, desksOnly);
    }

    private static void seated(
        String name, List<String> scopes, List<String> desks, @Nullable Boolean only) {
      if (desks.isEmpty() && only != null && only) {
        throw new IllegalArgumentException(
            "clients.desks_only of "
                + name
                + " is true without desks, so the client would receive nothing");
      }
      if (desks.size() > MOST_DESKS) {
        throw new IllegalArgumentException(
            "clients.desks of " + name + " must have at most " + MOST_DESKS + " entries");
      }
      desks.forEach(desk -> named(name, desk));
      Optional<String> across = scopes.stream().filter(ACROSS::contains).findFirst();
      if (!desks.isEmpty() && across.isPresent()) {
        throw new IllegalArgumentException(
            "clients.desks of "
                + name
                + " cannot be combined with the scope "
                + across.get()
                + ", which looks across the agency; valid is one of the two");
      }
    }

    private static void named(String name, String desk) {
      try {
        DeskName unused = new DeskName(desk);
      } catch (InvalidValue e) {
        throw new IllegalArgumentException("clients.desks of " + name + ": " + e.getMessage(), e);
      }
    }

    /** Whether it receives only messages for its desks. */
    public boolean onlyDesks() {
      return desksOnly != null && desksOnly;
    }

    private boolean reads() {
      return scopes.contains("subscribe") || scopes.contains("search");
    }
  }

  /**
   * Limits; each is enforced, and a request beyond it is refused with a clear code. 0 or absent:
   * the default.
   *
   * @param messageBytes label and body of one message, 1 MiB by default, at most 16 MiB
   * @param envelopeMessages messages sealed together, 64 by default, at most 4,096
   * @param envelopeBytes bytes sealed together, 1 MiB by default
   * @param waitingChanges changes that may wait for the disk, 20,000 by default, the last eighth of
   *     them of lane FLASH only
   * @param waitingDrafts drafts that may wait for sealing, 10,000 by default, the last eighth of
   *     them of lane FLASH only
   * @param waitingDraftBytes their size, 64 MiB by default
   * @param heldMessages messages that may wait for a second person, 10,000 by default
   * @param heldHours how long one waits before it is refused, 72 by default, at most 720
   * @param quarantineMessages messages in quarantine because this gateway failed to process them,
   *     1,000 by default
   * @param quarantineBytes content kept for them, 256 MiB by default, at most 2 GiB less one byte;
   *     one agency may use a quarter of both
   * @param quarantineDays how long an operator has to decide on one, 30 by default, at most 365
   * @param streamsPerClient concurrent calls on a connection, 100 by default
   * @param metadataBytes request headers, 8 KiB by default
   * @param handshakeSeconds TLS handshake, 10 by default
   * @param handshakes connections on a port with an unfinished TLS handshake, 200 by default;
   *     beyond that, the oldest of the address with the most of them is closed
   * @param connections connections on a port, 2,000 by default
   * @param searchMessages received messages that the search index holds, the newest, 100,000 by
   *     default, at most 1,000,000
   * @param deliveryLeafSeconds least time between two audit leaves about what one cursor
   *     acknowledged in a lane, 10 by default, at most 3,600
   * @param deliveryLeafMessages deliveries after which there is one before that, 10,000 by default
   * @param waitingRecalls recalls of one agency that are kept although what they take back is not
   *     here, 10,000 by default, at most 1,000,000
   * @param workerThreads threads for the streams to peers and for what the gateway does by itself,
   *     64 by default, from 8 to 1,024; as many again for the calls of clients, and for the turns
   *     of their streams
   * @param bufferedBytes received bytes that the port of peers may hold in messages that are
   *     incomplete or not yet processed, 192 MiB by default, at most 2 GiB less one byte
   * @param controlFrames HTTP/2 frames that carry nothing which one client, or one agency, may send
   *     at once, 1,000 by default; a tenth of it comes back each second, and more for what the
   *     gateway sends
   * @param perClient what one client may take of it
   * @param perAgency what the gateways of one other agency may take of it together
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Limits(
      @OrDefault int messageBytes,
      @OrDefault int envelopeMessages,
      @OrDefault int envelopeBytes,
      @OrDefault int waitingChanges,
      @OrDefault int waitingDrafts,
      @OrDefault int waitingDraftBytes,
      @OrDefault int heldMessages,
      @OrDefault int heldHours,
      @OrDefault int quarantineMessages,
      @OrDefault int quarantineBytes,
      @OrDefault int quarantineDays,
      @OrDefault int streamsPerClient,
      @OrDefault int metadataBytes,
      @OrDefault int handshakeSeconds,
      @OrDefault int handshakes,
      @OrDefault int connections,
      @OrDefault int searchMessages,
      @OrDefault int deliveryLeafSeconds,
      @OrDefault int deliveryLeafMessages,
      @OrDefault int waitingRecalls,
      @OrDefault int workerThreads,
      @OrDefault int bufferedBytes,
      @OrDefault int controlFrames,
      @Nullable PerClient perClient,
      @Nullable PerAgency perAgency) {
    /** All defaults. */
    public static final Limits DEFAULT =
        new Limits(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null, null);

    public Limits {
      messageBytes = bounded("limits.message_bytes", messageBytes, 1 << 20, 1_024, 16 << 20);
      envelopeMessages = bounded("limits.envelope_messages", envelopeMessages, 64, 1, 4_096);
      envelopeBytes = bounded("limits.envelope_bytes", envelopeBytes, 1 << 20, 1_024, 32 << 20);
      waitingChanges = bounded("limits.waiting_changes", waitingChanges, 20_000, 16, 1_000_000);
      waitingDrafts = bounded("limits.waiting_drafts", waitingDrafts, 10_000, 16, 1_000_000);
      waitingDraftBytes =
          bounded("limits.waiting_draft_bytes", waitingDraftBytes, 64 << 20, 1 << 20, 1 << 30);
      heldMessages = bounded("limits.held_messages", heldMessages, 10_000, 1, 1_000_000);
      heldHours = bounded("limits.held_hours", heldHours, 72, 1, 720);
      quarantineMessages =
          bounded("limits.quarantine_messages", quarantineMessages, 1_000, 1, 100_000);
      quarantineBytes =
          bounded(
              "limits.quarantine_bytes", quarantineBytes, 256 << 20, 1 << 20, Integer.MAX_VALUE);
      quarantineDays = bounded("limits.quarantine_days", quarantineDays, 30, 1, 365);
      streamsPerClient = bounded("limits.streams_per_client", streamsPerClient, 100, 1, 1_000);
      metadataBytes = bounded("limits.metadata_bytes", metadataBytes, 8_192, 1_024, 65_536);
      handshakeSeconds = bounded("limits.handshake_seconds", handshakeSeconds, 10, 1, 120);
      handshakes = bounded("limits.handshakes", handshakes, 200, 2, 100_000);
      connections = bounded("limits.connections", connections, 2_000, 2, 100_000);
      searchMessages = bounded("limits.search_messages", searchMessages, 100_000, 1, 1_000_000);
      deliveryLeafSeconds =
          bounded("limits.delivery_leaf_seconds", deliveryLeafSeconds, 10, 1, 3_600);
      deliveryLeafMessages =
          bounded("limits.delivery_leaf_messages", deliveryLeafMessages, 10_000, 1, 1_000_000);
      waitingRecalls = bounded("limits.waiting_recalls", waitingRecalls, 10_000, 1, 1_000_000);
      workerThreads = bounded("limits.worker_threads", workerThreads, 64, 8, 1_024);
      bufferedBytes =
          bounded(
              "limits.buffered_bytes",
              bufferedBytes,
              192 << 20,
              LEAST_BUFFERED_BYTES,
              Integer.MAX_VALUE);
      controlFrames = bounded("limits.control_frames", controlFrames, 1_000, 100, 1_000_000);
      perClient = perClient == null ? PerClient.DEFAULT : perClient;
      perAgency = perAgency == null ? PerAgency.DEFAULT : perAgency;
    }

    /** What the gateways of one other agency may take. */
    public PerAgency perAgencyInForce() {
      return Objects.requireNonNull(perAgency);
    }

    /** What one client may take. */
    public PerClient perClientInForce() {
      return Objects.requireNonNull(perClient);
    }
  }

  /**
   * What one client may take of the node's limits, so that it cannot take it from others. 0 or
   * absent: the default.
   *
   * @param connections connections, 16 by default
   * @param cursors durable cursors, 100 by default
   * @param unacknowledged deliveries that its open cursors may have unacknowledged in each lane, in
   *     total, 100,000 by default
   * @param waitingDrafts drafts that may be on their way into the ledger, 2,500 by default
   * @param waitingDraftBytes their size, 16 MiB by default; a single draft is always allowed
   * @param heldMessages messages that may wait for a second person, 1,000 by default
   * @param heldBytes their size, 256 MiB by default; a single message is always allowed
   * @param bufferedBytes bytes of its requests in progress and of long answers that it has not
   *     taken, 32 MiB by default, at least 20 MiB, so that the largest request fits
   * @param callCost cost of the calls that it may begin each second, 10,000 by default; a look-up
   *     costs 1
   * @param requests drafts and other requests a second that are read from its streams, 40,000 by
   *     default; more wait at the client
   * @param deadLetters dead letters of one shared subscription, 200 by default; further messages
   *     are delivered on
   * @param subscriptionLagSeconds age of the oldest message that one of its durable subscriptions
   *     has not passed, beyond which operators are warned, 86,400 by default
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record PerClient(
      @OrDefault int connections,
      @OrDefault int cursors,
      @OrDefault int unacknowledged,
      @OrDefault int waitingDrafts,
      @OrDefault int waitingDraftBytes,
      @OrDefault int heldMessages,
      @OrDefault int heldBytes,
      @OrDefault int bufferedBytes,
      @OrDefault int callCost,
      @OrDefault int requests,
      @OrDefault int deadLetters,
      @OrDefault int subscriptionLagSeconds) {
    /** All defaults. */
    public static final PerClient DEFAULT = new PerClient(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public PerClient {
      connections = bounded("limits.per_client.connections", connections, 16, 1, 10_000);
      cursors = bounded("limits.per_client.cursors", cursors, 100, 1, 100_000);
      unacknowledged =
          bounded("limits.per_client.unacknowledged", unacknowledged, 100_000, 1, 10_000_000);
      waitingDrafts =
          bounded("limits.per_client.waiting_drafts", waitingDrafts, 2_500, 1, 1_000_000);
      waitingDraftBytes =
          bounded(
              "limits.per_client.waiting_draft_bytes", waitingDraftBytes, 16 << 20, 1_024, 1 << 30);
      heldMessages = bounded("limits.per_client.held_messages", heldMessages, 1_000, 1, 1_000_000);
      heldBytes =
          bounded("limits.per_client.held_bytes", heldBytes, 256 << 20, 1_024, Integer.MAX_VALUE);
      bufferedBytes =
          bounded("limits.per_client.buffered_bytes", bufferedBytes, 32 << 20, 20 << 20, 1 << 30);
      callCost = bounded("limits.per_client.call_cost", callCost, 10_000, 100, 10_000_000);
      requests = bounded("limits.per_client.requests", requests, 40_000, 100, 10_000_000);
      deadLetters = bounded("limits.per_client.dead_letters", deadLetters, 200, 1, 1_000);
      subscriptionLagSeconds =
          bounded(
              "limits.per_client.subscription_lag_seconds",
              subscriptionLagSeconds,
              86_400,
              1,
              100_000_000);
    }
  }

  /**
   * What the gateways of one other agency may take together, whatever names their certificates
   * have. 0 or absent: the default.
   *
   * @param connections connections, 16 by default
   * @param streams open streams, 100 by default; a gateway needs 5
   * @param bufferedBytes received bytes in messages that are incomplete or not yet processed, 64
   *     MiB by default, at least 48 MiB, so that the largest message fits
   * @param notices notices a second that come from it through one link, 200 by default
   * @param deliveries deliveries, receipts and frames a second that are read from it, 20,000 by
   *     default; more wait there
   * @param verifications signatures verified and keys decapsulated for it each second, 5,000 by
   *     default; frames that need more wait there
   * @param commits changes a second that it makes the ledger commit, 4,000 by default; frames that
   *     need more wait there
   * @param custodyBytes bytes of its mail to others that this gateway, as a transit, holds, 1 GiB
   *     by default, at least 16 MiB; ten times that of all mail that another transit hands over
   * @param messages messages a second to this agency in what it hands over, 60,000 by default;
   *     frames with more wait there
   * @param gatewayKeys keys of its gateways that are ever accepted, 1,024 by default
   * @param relayedKib KiB a second of attachments that this gateway, as a transit, passes on to it,
   *     8,192 by default, at least 256
   * @param openRequests open requests of it here, and of this agency there, 10,000 by default;
   *     exercises count for themselves
   * @param undecidedConsents requests for consent of it that are undecided here, and of this agency
   *     there, 1,000 by default
   * @param openOperations open joint operations that it leads and that are stored here, and that
   *     this agency leads and has it as a member, 100 by default
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record PerAgency(
      @OrDefault int connections,
      @OrDefault int streams,
      @OrDefault int bufferedBytes,
      @OrDefault int notices,
      @OrDefault int deliveries,
      @OrDefault int verifications,
      @OrDefault int commits,
      @OrDefault int custodyBytes,
      @OrDefault int messages,
      @OrDefault int gatewayKeys,
      @OrDefault int relayedKib,
      @OrDefault int openRequests,
      @OrDefault int undecidedConsents,
      @OrDefault int openOperations) {
    /** All defaults. */
    public static final PerAgency DEFAULT = new PerAgency(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public PerAgency {
      connections = bounded("limits.per_agency.connections", connections, 16, 1, 10_000);
      streams = bounded("limits.per_agency.streams", streams, 100, 5, 10_000);
      bufferedBytes =
          bounded(
              "limits.per_agency.buffered_bytes",
              bufferedBytes,
              64 << 20,
              LEAST_BUFFERED_BYTES,
              1 << 30);
      notices = bounded("limits.per_agency.notices", notices, 200, 10, 100_000);
      deliveries = bounded("limits.per_agency.deliveries", deliveries, 20_000, 100, 1_000_000);
      verifications =
          bounded("limits.per_agency.verifications", verifications, 5_000, 100, 1_000_000);
      commits = bounded("limits.per_agency.commits", commits, 4_000, 100, 1_000_000);
      custodyBytes =
          bounded(
              "limits.per_agency.custody_bytes",
              custodyBytes,
              1 << 30,
              16 << 20,
              Integer.MAX_VALUE);
      messages = bounded("limits.per_agency.messages", messages, 60_000, 1_000, 10_000_000);
      gatewayKeys = bounded("limits.per_agency.gateway_keys", gatewayKeys, 1_024, 16, 1_000_000);
      relayedKib = bounded("limits.per_agency.relayed_kib", relayedKib, 8_192, 256, 1 << 24);
      openRequests = bounded("limits.per_agency.open_requests", openRequests, 10_000, 2, 1_000_000);
      undecidedConsents =
          bounded("limits.per_agency.undecided_consents", undecidedConsents, 1_000, 2, 1_000_000);
      openOperations = bounded("limits.per_agency.open_operations", openOperations, 100, 2, 10_000);
    }
  }

  /**
   * When the disk of {@code data} counts as filling, in MiB that are free there, and how fast
   * erased ciphertext is dropped from it. 0 or absent: the default.
   *
   * @param slowBelowMib publishers are slowed below this free space, 2,048 by default
   * @param refuseBelowMib messages from publishers and peers are refused below this free space, 512
   *     by default; less than {@code slowBelowMib}
   * @param rewriteKibPerSecond KiB a second that are written to drop the ciphertext of erased
   *     messages from pages with others, 1,024 by default; none below {@code slowBelowMib}
   * @param agencyPercent bytes stored of one agency's received messages, of FLASH and of all others
   *     each, in per cent of those free above {@code refuseBelowMib}, 50 by default
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Disk(
      @OrDefault int slowBelowMib,
      @OrDefault int refuseBelowMib,
      @OrDefault int rewriteKibPerSecond,
      @OrDefault int agencyPercent) {
    /** All defaults. */
    public static final Disk DEFAULT = new Disk(0, 0, 0, 0);

    public Disk {
      slowBelowMib = bounded("disk.slow_below_mib", slowBelowMib, 2_048, 1, 1 << 20);
      refuseBelowMib = bounded("disk.refuse_below_mib", refuseBelowMib, 512, 1, 1 << 20);
      rewriteKibPerSecond =
          bounded("disk.rewrite_kib_per_second", rewriteKibPerSecond, 1_024, 64, 1 << 20);
      agencyPercent = bounded("disk.agency_percent", agencyPercent, 50, 1, 900);
      if (refuseBelowMib >= slowBelowMib) {
        throw new IllegalArgumentException(
            "disk.refuse_below_mib is "
                + refuseBelowMib
                + "; it must be less than disk.slow_below_mib, which is "
                + slowBelowMib);
      }
    }
  }

  /**
   * How the audit log is witnessed; the trust bundle names the witnesses. 0 or absent: the default.
   *
   * @param quorum how many witnesses must keep up, and confirm the trust bundle, at most 64; by
   *     default the majority of those in the trust bundle
   * @param waitSeconds how long a start waits for what witnesses hold of the log before it signs
   *     again, 5 by default, at most 300
   * @param everySeconds least time between two checkpoints sent to witnesses, 2 by default, at most
   *     3,600
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Witnesses(
      @OrDefault int quorum, @OrDefault int waitSeconds, @OrDefault int everySeconds) {
    /** All defaults. */
    public static final Witnesses DEFAULT = new Witnesses(0, 0, 0);

    public Witnesses {
      quorum = bounded("witnesses.quorum", quorum, 0, 0, 64);
      waitSeconds = bounded("witnesses.wait_seconds", waitSeconds, 5, 1, 300);
      everySeconds = bounded("witnesses.every_seconds", everySeconds, 2, 1, 3_600);
    }
  }
}
