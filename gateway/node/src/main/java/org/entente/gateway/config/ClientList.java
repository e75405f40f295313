package org.entente.gateway.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Clients that an operator added, changed or revoked after the gateway was set up, as the file
 * {@code client_list} holds them. An entry takes the place of the entry of the same name under
 * {@code clients} in the node's configuration. Immutable.
 *
 * @param version rises with every change; a gateway puts no list in force whose version is below
 *     that of the last one
 * @param changed when it was changed last
 * @param changedBy who says to have changed it, 1 to 64 characters
 * @param clients at most {@value #MOST_CLIENTS}, each name once
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
public record ClientList(
    @JsonProperty(required = true) long version,
    @JsonProperty(required = true) Instant changed,
    @JsonProperty(required = true) String changedBy,
    List<Entry> clients) {
  /** Most entries. */
  public static final int MOST_CLIENTS = 1_000;

  /** Most certificates of one client that are accepted at the same time. */
  public static final int MOST_CERTIFICATES = 8;

  /** The list before any change. */
  public static final ClientList EMPTY = new ClientList(0, Instant.EPOCH, "nobody", List.of());

  private static final int LONGEST_NAME = 64;

  public ClientList {
    Objects.requireNonNull(changed, "changed");
    Objects.requireNonNull(changedBy, "changed_by");
    clients = clients == null ? List.of() : List.copyOf(clients);
    require(version >= 0, "version is " + version + "; it must be 0 or more");
    require(
        !changedBy.isBlank()
            && changedBy.length() <= LONGEST_NAME
            && changedBy.chars().noneMatch(Character::isISOControl),
        "changed_by must have 1 to " + LONGEST_NAME + " characters of one line");
    require(
        clients.size() <= MOST_CLIENTS,
        "clients has " + clients.size() + " entries; at most " + MOST_CLIENTS + " are valid");
    Set<String> names = new HashSet<>();
    clients.forEach(
        client -> require(names.add(client.name()), "clients has \"" + client.name() + "\" twice"));
  }

  private static void require(boolean valid, String fault) {
    if (!valid) {
      throw new IllegalArgumentException(fault);
    }
  }

  /**
   * One client.
   *
   * @param scopes as under {@code clients} in the node's configuration; of a revoked client, those
   *     that it had
   * @param desks as there
   * @param desksOnly as there
   * @param certificates the only ones that are accepted; empty: each that the agency's CA issues
   * @param revoked since when no certificate is accepted; null: not revoked
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Entry(
      @JsonProperty(required = true) String name,
      List<String> scopes,
      List<String> desks,
      @Nullable Boolean desksOnly,
      List<Certificate> certificates,
      @Nullable Instant revoked) {
    public Entry {
      Objects.requireNonNull(name, "clients.name");
      scopes = scopes == null ? List.of() : List.copyOf(scopes);
      desks = desks == null ? List.of() : List.copyOf(desks);
      certificates = certificates == null ? List.of() : List.copyOf(certificates);
      require(
          certificates.size() <= MOST_CERTIFICATES,
          "clients.certificates of %s has %d entries; at most %d are valid"
              .formatted(name, certificates.size(), MOST_CERTIFICATES));
    }

    /** The client as the node's configuration would have it. */
    public NodeConfig.Client client() {
      return new NodeConfig.Client(name, scopes, desks, desksOnly);
    }
  }

  /**
   * A certificate that is accepted. Only the fingerprint decides; the rest is for people.
   *
   * @param sha256 its fingerprint, 64 hex digits in lower case
   * @param serial its serial number, hex
   * @param from when it becomes valid
   * @param until when it ends
   */
  @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
  public record Certificate(
      @JsonProperty(required = true) String sha256,
      @JsonProperty(required = true) String serial,
      @JsonProperty(required = true) Instant from,
      @JsonProperty(required = true) Instant until) {
    private static final Pattern FINGERPRINT = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SERIAL = Pattern.compile("[0-9a-f]{1,40}");

    public Certificate {
      Objects.requireNonNull(sha256, "clients.certificates.sha256");
      Objects.requireNonNull(serial, "clients.certificates.serial");
      Objects.requireNonNull(from, "clients.certificates.from");
      Objects.requireNonNull(until, "clients.certificates.until");
      require(
          FINGERPRINT.matcher(sha256).matches(),
          "clients.certificates.sha256 must be 64 hex digits in lower case");
      require(
          SERIAL.matcher(serial).matches(),
          "clients.certificates.serial must be 1 to 40 hex digits in lower case");
    }
  }

  /** The clients in force: the configured ones, and in their place those of this list. */
  public List<NodeConfig.Client> inForce(List<NodeConfig.Client> configured) {
    Set<String> named = clients.stream().map(Entry::name).collect(Collectors.toSet());
    List<NodeConfig.Client> all = new ArrayList<>();
    configured.stream().filter(client -> !named.contains(client.name())).forEach(all::add);
    clients.stream().filter(one -> one.revoked() == null).map(Entry::client).forEach(all::add);
    return all;
  }
}
