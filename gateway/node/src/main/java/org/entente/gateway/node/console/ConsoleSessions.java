package org.entente.gateway.node.console;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.Sha256;
import org.entente.gateway.identity.Identified;

/**
 * Tokens that are good once, and the sessions that they open. Both are 256 random bits, of which
 * only a hash is kept, in memory. A client has a limited number of each; one more ends its oldest.
 * Safe for many threads.
 */
final class ConsoleSessions {
  private static final int SECRET_BYTES = 32;

  /**
   * A token or a session.
   *
   * @param used when it was last used, or made
   * @param end when it ends at the latest
   */
  private record Grant(Identified client, long used, long end) {}

  private final NodeConfig.Console limits;
  private final LongSupplier nanos;
  private final SecureRandom random;
  private final Map<String, Grant> tokens = new HashMap<>();
  private final Map<String, Grant> sessions = new HashMap<>();

  /**
   * No tokens and no sessions.
   *
   * @param nanos as {@link System#nanoTime}
   */
  ConsoleSessions(NodeConfig.Console limits, LongSupplier nanos, SecureRandom random) {
    this.limits = limits;
    this.nanos = nanos;
    this.random = random;
  }

  /** A new token for a client. */
  synchronized String issue(Identified client) {
    return add(tokens, client, TimeUnit.SECONDS.toNanos(limits.tokenSeconds()));
  }

  /** A new session for a token, which is used up; empty if the token is not good. */
  synchronized Optional<String> exchange(String token) {
    expire();
    return Optional.ofNullable(tokens.remove(hash(token)))
        .map(grant -> add(sessions, grant.client(), TimeUnit.HOURS.toNanos(limits.sessionHours())));
  }

  /** The client of a session, which is in use now; empty if there is none or it has ended. */
  synchronized Optional<Identified> use(String session) {
    Optional<Identified> client = find(session);
    sessions.computeIfPresent(
        hash(session), (key, grant) -> new Grant(grant.client(), nanos.getAsLong(), grant.end()));
    return client;
  }

  /** The client of a session, without using it: a page that only stays open keeps no session. */
  synchronized Optional<Identified> find(String session) {
    expire();
    return Optional.ofNullable(sessions.get(hash(session))).map(Grant::client);
  }

  private String add(Map<String, Grant> to, Identified client, long life) {
    expire();
    if (to.values().stream().filter(it -> isOf(it, client)).count() >= limits.sessions()) {
      to.entrySet().stream()
          .filter(it -> isOf(it.getValue(), client))
          .min(Comparator.comparingLong(it -> it.getValue().used()))
          .map(Map.Entry::getKey)
          .ifPresent(to::remove);
    }
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    String text = HexFormat.of().formatHex(secret);
    long now = nanos.getAsLong();
    to.put(hash(text), new Grant(client, now, now + life));
    return text;
  }

  private void expire() {
    long now = nanos.getAsLong();
    long idle = TimeUnit.MINUTES.toNanos(limits.idleMinutes());
    tokens.values().removeIf(it -> now - it.end() >= 0);
    sessions.values().removeIf(it -> now - it.end() >= 0 || now - it.used() >= idle);
  }

  private static boolean isOf(Grant grant, Identified client) {
    return grant.client().name().equals(client.name());
  }

  private static String hash(String secret) {
    return HexFormat.of().formatHex(Sha256.hash(secret.getBytes(StandardCharsets.UTF_8)));
  }
}
