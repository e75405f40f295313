package org.entente.gateway.config;

import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Configuration of one gateway node, as its YAML file says it. Paths are relative to the folder of
 * that file. Fields that are absent have the defaults named here; unknown fields are refused.
 *
 * @param federation name of the federation
 * @param agency the agency that this gateway serves
 * @param gateway name of this gateway within the agency
 * @param trust the trust bundle and the roots that sign it
 * @param tls this gateway's certificate chain and private key
 * @param keystore folder of the node's secret keys; outside {@code data} and its backups
 * @param passphrase protects the keystore, and opens {@code tls.key} where that is encrypted;
 *     absent for neither
 * @param data folder of the ledger
 * @param audit folder of the last signed checkpoint; apart from {@code data}
 * @param policy agreements and node rules
 * @param listen addresses to listen on
 * @param links direct links to peers
 * @param clients the agency's own systems
 * @param limits bounds
 * @param witnesses how the audit log is witnessed
 * @param reflection whether gRPC reflection answers clients; true by default
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
    Policy policy,
    Listen listen,
    List<Link> links,
    List<Client> clients,
    @Nullable Limits limits,
    @Nullable Witnesses witnesses,
    @Nullable Boolean reflection) {

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
    clients = clients == null ? List.of() : List.copyOf(clients);
    limits = limits == null ? Limits.DEFAULT : limits;
    witnesses = witnesses == null ? Witnesses.DEFAULT : witnesses;
    reflection = reflection == null || reflection;
  }

  /** The limits in force. */
  public Limits limitsInForce() {
    return Objects.requireNonNull(limits);
  }

  /** How the audit log is witnessed. */
  public Witnesses witnessesInForce() {
    return Objects.requireNonNull(witnesses);
  }

  /** The same configuration with every path resolved against a folder. */
  public NodeConfig resolvedAgainst(Path folder) {
    return new NodeConfig(
        federation,
        agency,
        gateway,
        new Trust(folder.resolve(trust.bundle()), folder.resolve(trust.roots())),
        new Tls(folder.resolve(tls.certificate()), folder.resolve(tls.key())),
        folder.resolve(keystore),
        passphrase == null ? null : passphrase.resolvedAgainst(folder),
        folder.resolve(data),
        folder.resolve(audit),
        new Policy(
            folder.resolve(policy.agreements()),
            policy.nodeRules() == null ? null : folder.resolve(policy.nodeRules())),
        listen,
        links,
        clients,
        limits,
        witnesses,
        reflection);
  }

  /**
   * Where trust comes from.
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
   * Where a passphrase comes from: exactly one of the two.
   *
   * @param file a file that only its owner may read; a line end at its end does not count
   * @param environment name of an environment variable
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Passphrase(@Nullable Path file, @Nullable String environment) {
    public Passphrase {
      if ((file == null) == (environment == null)) {
        throw new IllegalArgumentException("passphrase names either a file or an environment");
      }
    }

    private Passphrase resolvedAgainst(Path folder) {
      return new Passphrase(file == null ? null : folder.resolve(file), environment);
    }
  }

  /**
   * Where policy comes from.
   *
   * @param agreements folder of agreement files; read again when one changes
   * @param nodeRules file of this node's own rules, or absent
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Policy(Path agreements, @Nullable Path nodeRules) {
    public Policy {
      Objects.requireNonNull(agreements, "policy.agreements");
    }
  }

  /**
   * Addresses as {@code host:port}; port 0 takes a free one, which the start prints.
   *
   * @param clients for the agency's own systems
   * @param peers for other gateways; absent where this node only dials out
   * @param admin metrics and health; plain HTTP, so loopback or a protected network only
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Listen(String clients, @Nullable String peers, String admin) {
    public Listen {
      Objects.requireNonNull(clients, "listen.clients");
      Objects.requireNonNull(admin, "listen.admin");
    }
  }

  /**
   * A direct link.
   *
   * @param peer the other agency
   * @param dial {@code host:port} to dial, or absent: the peer dials
   * @param gateway name of the peer's gateway to dial, {@code gateway-1} by default
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Link(String peer, @Nullable String dial, @Nullable String gateway) {
    public Link {
      Objects.requireNonNull(peer, "links.peer");
      gateway = gateway == null ? "gateway-1" : gateway;
    }
  }

  /**
   * One of the agency's own systems.
   *
   * @param name as in its certificate
   * @param scopes of publish, subscribe, evidence, release, audit, operator
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Client(String name, List<String> scopes) {
    public Client {
      Objects.requireNonNull(name, "clients.name");
      scopes = scopes == null ? List.of() : List.copyOf(scopes);
    }
  }

  /**
   * Bounds; each is enforced and refused beyond with a clear code. 0 or absent: the default.
   *
   * @param messageBytes label and body of one message, 1 MiB by default, at most 16 MiB
   * @param envelopeMessages messages sealed together, 64 by default, at most 4,096
   * @param envelopeBytes bytes sealed together, 1 MiB by default
   * @param waitingChanges changes that may wait for the disk, 20,000 by default
   * @param waitingDrafts drafts that may wait for sealing, 10,000 by default
   * @param heldMessages messages that may wait for a second person, 10,000 by default
   * @param heldHours how long one waits before it is refused, 72 by default, at most 720
   * @param streamsPerClient concurrent calls on a connection, 100 by default
   * @param metadataBytes request headers, 8 KiB by default
   * @param handshakeSeconds TLS handshake, 10 by default
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Limits(
      int messageBytes,
      int envelopeMessages,
      int envelopeBytes,
      int waitingChanges,
      int waitingDrafts,
      int heldMessages,
      int heldHours,
      int streamsPerClient,
      int metadataBytes,
      int handshakeSeconds) {
    /** All defaults. */
    public static final Limits DEFAULT = new Limits(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

    public Limits {
      messageBytes = bounded("message_bytes", messageBytes, 1 << 20, 1_024, 16 << 20);
      envelopeMessages = bounded("envelope_messages", envelopeMessages, 64, 1, 4_096);
      envelopeBytes = bounded("envelope_bytes", envelopeBytes, 1 << 20, 1_024, 32 << 20);
      waitingChanges = bounded("waiting_changes", waitingChanges, 20_000, 16, 1_000_000);
      waitingDrafts = bounded("waiting_drafts", waitingDrafts, 10_000, 16, 1_000_000);
      heldMessages = bounded("held_messages", heldMessages, 10_000, 1, 1_000_000);
      heldHours = bounded("held_hours", heldHours, 72, 1, 720);
      streamsPerClient = bounded("streams_per_client", streamsPerClient, 100, 1, 1_000);
      metadataBytes = bounded("metadata_bytes", metadataBytes, 8_192, 1_024, 65_536);
      handshakeSeconds = bounded("handshake_seconds", handshakeSeconds, 10, 1, 120);
    }

    private static int bounded(String field, int value, int byDefault, int least, int most) {
      int number = value == 0 ? byDefault : value;
      if (number < least || number > most) {
        throw new IllegalArgumentException(
            "limits." + field + " is " + number + "; it must be from " + least + " to " + most);
      }
      return number;
    }
  }

  /**
   * How the audit log is witnessed; the witnesses are those of the trust bundle. 0 or absent: the
   * default.
   *
   * @param quorum how many witnesses must keep up, at most 64; by default none must, and they are
   *     counted
   * @param waitSeconds how long a start waits for what witnesses hold of the log before it signs
   *     again, 5 by default, at most 300
   * @param everySeconds least time between two checkpoints for which they are asked, 2 by default,
   *     at most 3,600
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Witnesses(int quorum, int waitSeconds, int everySeconds) {
    /** All defaults. */
    public static final Witnesses DEFAULT = new Witnesses(0, 0, 0);

    public Witnesses {
      quorum = bounded("quorum", quorum, 0, 64);
      waitSeconds = bounded("wait_seconds", waitSeconds == 0 ? 5 : waitSeconds, 1, 300);
      everySeconds = bounded("every_seconds", everySeconds == 0 ? 2 : everySeconds, 1, 3_600);
    }

    private static int bounded(String field, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "witnesses." + field + " is " + value + "; it must be from " + least + " to " + most);
      }
      return value;
    }
  }
}
