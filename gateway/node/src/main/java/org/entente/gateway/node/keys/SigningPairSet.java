package org.entente.gateway.node.keys;

import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.seal.keys.KeyEntry;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.trust.AgencyKey;

/**
 * The signing pairs of one use that this node holds. The trust bundle determines which one signs:
 * the one whose validity there began last. So a new pair is made first, then listed by the roots,
 * and used from its start time on, without a restart. Safe for many threads.
 */
public final class SigningPairSet {
  private final Keystore keystore;
  private final KeyKind kind;
  private final InstantSource clock;
  private final SecureRandom random;

  /** Public halves by id, so that listing pairs expands no secret again. */
  private final Map<String, VerifyingPair> derived = new ConcurrentHashMap<>();

  SigningPairSet(Keystore keystore, KeyKind kind, InstantSource clock, SecureRandom random) {
    this.keystore = keystore;
    this.kind = kind;
    this.clock = clock;
    this.random = random;
  }

  /** The public half of a pair, and when this node made or received the pair. */
  private record HeldPair(VerifyingPair pair, Instant since) {
    String id() {
      return pair.id();
    }
  }

  private List<HeldPair> held() {
    List<HeldPair> out = new ArrayList<>();
    for (KeyEntry entry : keystore.list(kind)) {
      try (entry) {
        VerifyingPair pair =
            derived.computeIfAbsent(entry.id(), id -> signing(entry).verifyingPair());
        out.add(new HeldPair(pair, entry.created()));
      }
    }
    out.sort(Comparator.comparing(HeldPair::since).reversed());
    if (out.isEmpty()) {
      throw new StartProblem(
          "the keystore holds no key of kind " + kind + "; was it minted or restored?");
    }
    return out;
  }

  private static SigningPair signing(KeyEntry entry) {
    return entry.secret().use(SigningPair::fromSeeds);
  }

  /** The full pair of a public half. */
  public SigningPair signing(VerifyingPair pair) {
    try (KeyEntry entry =
        keystore
            .get(kind, pair.id())
            .orElseThrow(() -> new IllegalStateException("no longer held: " + pair))) {
      return signing(entry);
    }
  }

  /** All of them, the newest first; at least one. */
  public List<SigningPair> all() {
    return verifying().stream().map(this::signing).toList();
  }

  /** The public halves of all of them. */
  public List<VerifyingPair> verifying() {
    return held().stream().map(HeldPair::pair).toList();
  }

  /**
   * The pair to sign with: of those listed as valid now, the one whose validity began last; if none
   * is listed, as before the agency has joined, the newest.
   */
  public SigningPair inForce(List<AgencyKey> listed) {
    return signing(verifyingInForce(listed));
  }

  /** The public half of {@link #inForce}. */
  public VerifyingPair verifyingInForce(List<AgencyKey> listed) {
    List<VerifyingPair> held = verifying();
    return listed(listed, held, clock.instant()).orElse(held.get(0));
  }

  private static Optional<VerifyingPair> listed(
      List<AgencyKey> listed, List<VerifyingPair> held, Instant now) {
    return listed.stream()
        .filter(key -> key.validAt(now))
        .sorted(Comparator.comparing(AgencyKey::notBefore).reversed())
        .flatMap(key -> held.stream().filter(pair -> pair.equals(key.pair())))
        .findFirst();
  }

  /**
   * The newest pair that the bundle does not list. If there is none, makes one, durable on return.
   */
  public SigningPair next(List<AgencyKey> listed) {
    HeldPair newest = held().get(0);
    if (listed.stream().noneMatch(key -> key.id().equals(newest.id()))) {
      return signing(newest.pair());
    }
    SigningPair made = SigningPair.generate(random);
    try (KeyEntry entry =
        new KeyEntry(
            kind,
            made.verifyingPair().id(),
            clock.instant(),
            KeyEntry.NEVER,
            SecretBytes.takeOver(made.seeds()))) {
      keystore.put(entry);
    }
    return made;
  }

  /**
   * Destroys the pairs older than the one in force that the bundle no longer lists, or whose
   * validity has ended at {@code now}. Destroys nothing while the bundle lists no held pair.
   *
   * @return ids of those destroyed
   */
  public List<String> destroyReplaced(List<AgencyKey> listed, Instant now) {
    List<HeldPair> held = held();
    Optional<VerifyingPair> inForce =
        listed(listed, held.stream().map(HeldPair::pair).toList(), now);
    if (inForce.isEmpty()) {
      return List.of();
    }
    String used = inForce.get().id();
    List<String> replaced =
        held.stream()
            .dropWhile(each -> !each.id().equals(used))
            .skip(1)
            .map(HeldPair::id)
            .filter(
                id ->
                    listed.stream().noneMatch(k -> k.id().equals(id) && !now.isAfter(k.notAfter())))
            .toList();
    replaced.forEach(id -> keystore.destroy(kind, id));
    derived.keySet().removeAll(replaced);
    return replaced;
  }
}
