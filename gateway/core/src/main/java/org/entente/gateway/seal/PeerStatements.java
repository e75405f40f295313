package org.entente.gateway.seal;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.statement.SignedStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.jspecify.annotations.Nullable;

/**
 * Newest verified statement of one kind of each agency. In memory: to survive a restart, callers
 * store the bytes and offer them again. Safe for use by many threads; bounded by the federation's
 * members, since it accepts only members' signatures.
 *
 * <p>Each newest statement makes gateways decide, write and tell others, which costs its agency a
 * signature. So an agency's newest changes {@link #AT_ONCE} times at once, as for restarts and
 * renewed pairs, and then once in {@link #EVERY_MS}. Of the others only the newest waits.
 *
 * @param <S> the kind
 */
final class PeerStatements<S extends SignedStatement.ByAgency<?>> {
  /** How often an agency's newest statement changes; an honest agency makes one a day. */
  static final long EVERY_MS = 10_000;

  /** How often it may change at once. */
  static final int AT_ONCE = 5;

  private final FederationName federation;
  private final AgencyPairSource pairs;
  private final Function<byte[], Optional<S>> format;
  private final Map<AgencyName, HeldStatement<S>> newest = new ConcurrentHashMap<>();
  private final Map<AgencyName, HeldStatement<S>> waiting = new ConcurrentHashMap<>();
  private final Map<AgencyName, Pace> paces = new ConcurrentHashMap<>();

  /** A statement and the pair that signed it. */
  private record HeldStatement<S>(S statement, VerifyingPair signer) {}

  /** When an agency's newest statement may change. */
  private static final class Pace {
    private long next;

    synchronized boolean take(long nowMs) {
      boolean wasSetBack = next > nowMs + AT_ONCE * EVERY_MS;
      long due = wasSetBack ? nowMs : Math.max(next, nowMs);
      boolean isDue = due <= nowMs + (AT_ONCE - 1) * EVERY_MS;
      next = isDue ? due + EVERY_MS : due;
      return isDue;
    }
  }

  PeerStatements(
      FederationName federation, AgencyPairSource pairs, Function<byte[], Optional<S>> format) {
    this.federation = federation;
    this.pairs = pairs;
    this.format = format;
  }

  /**
   * Accepts a statement from outside if it verifies and is newer than the known one.
   *
   * @return the statement, now the newest of its agency: the caller should store it; empty if the
   *     same or a newer one was known already, or if it waits until it is {@link #due}; refused
   *     with {@code MALFORMED}, {@code HEADER_MISMATCH} (another federation, or from the future) or
   *     {@code BAD_SIGNATURE}
   */
  Result<Optional<S>> offer(byte[] bytes, long nowMs) {
    Optional<S> parsed = format.apply(bytes);
    if (parsed.isEmpty()) {
      return Result.refused(Code.MALFORMED, "", "not a signed statement of its kind");
    }
    S statement = parsed.get();
    StatementFrame frame = statement.frame();
    AgencyName agency = frame.issuer();
    // A statement from the future would block every later one.
    if (!frame.federation().equals(federation) || isAhead(statement, nowMs)) {
      return Result.refused(
          Code.HEADER_MISMATCH, "", "a statement of another federation, or from the future");
    }
    if (!isNewer(statement, newest.get(agency), nowMs)
        || !isNewer(statement, waiting.get(agency), nowMs)) {
      return Result.done(Optional.empty());
    }
    Optional<VerifyingPair> signer = statement.signer(pairs.of(agency));
    if (signer.isEmpty()) {
      return unsigned(agency);
    }
    HeldStatement<S> offered = new HeldStatement<>(statement, signer.get());
    if (!paces.computeIfAbsent(agency, unknown -> new Pace()).take(nowMs)) {
      var unused = merged(waiting, offered, nowMs);
      return Result.done(Optional.empty());
    }
    waiting.remove(agency);
    return taken(offered, nowMs);
  }

  private Result<Optional<S>> taken(HeldStatement<S> offered, long nowMs) {
    AgencyName agency = offered.statement().frame().issuer();
    if (!merged(newest, offered, nowMs)) {
      return Result.done(Optional.empty());
    }
    if (!isFounded(offered)) {
      // The pair was withdrawn meanwhile; a statement must not outlive trust in its signer.
      newest.remove(agency, offered);
      return unsigned(agency);
    }
    return Result.done(Optional.of(offered.statement()));
  }

  private boolean merged(
      Map<AgencyName, HeldStatement<S>> into, HeldStatement<S> offered, long nowMs) {
    HeldStatement<S> kept =
        into.merge(
            offered.statement().frame().issuer(),
            offered,
            (held, next) -> isNewer(next.statement(), held, nowMs) ? next : held);
    return kept.statement() == offered.statement();
  }

  /**
   * Takes over the statements that waited and whose time has come. Call it regularly.
   *
   * @return those that now are the newest of their agencies: the caller should store them
   */
  List<S> due(long nowMs) {
    List<S> taken = new ArrayList<>();
    for (HeldStatement<S> held : List.copyOf(waiting.values())) {
      AgencyName agency = held.statement().frame().issuer();
      Pace pace = paces.get(agency);
      if (pace != null && pace.take(nowMs) && waiting.remove(agency, held)) {
        taken(held, nowMs).orElseGet(refused -> Optional.empty()).ifPresent(taken::add);
      }
    }
    return taken;
  }

  private static <T> Result<T> unsigned(AgencyName agency) {
    return Result.refused(Code.BAD_SIGNATURE, "", "not signed by " + agency);
  }

  /** A known statement from the future, accepted under a wrong clock, yields to any other. */
  private boolean isNewer(S statement, @Nullable HeldStatement<S> held, long nowMs) {
    return held == null
        || statement.frame().issuedAtMs() > held.statement().frame().issuedAtMs()
        || isAhead(held.statement(), nowMs);
  }

  private boolean isAhead(S statement, long nowMs) {
    return statement.frame().issuedAtMs() > nowMs + PeerKeys.CLOCK_ALLOWANCE_MS;
  }

  /**
   * Forgets statements signed with a pair that is no longer valid for their agency.
   *
   * @return the agencies
   */
  List<AgencyName> forgetUnfounded() {
    waiting.values().removeIf(held -> !isFounded(held));
    List<AgencyName> forgotten = new ArrayList<>();
    newest.forEach(
        (agency, held) -> {
          if (!isFounded(held) && newest.remove(agency, held)) {
            // What another made with its pair does not delay the agency itself.
            paces.remove(agency);
            forgotten.add(agency);
          }
        });
    return forgotten;
  }

  private boolean isFounded(HeldStatement<S> held) {
    return pairs.of(held.statement().frame().issuer()).contains(held.signer());
  }

  /** The newest statement of an agency. */
  Optional<S> of(AgencyName agency) {
    return Optional.ofNullable(newest.get(agency)).map(HeldStatement::statement);
  }

  /** The newest statement of each agency that has made one. */
  Map<AgencyName, S> all() {
    Map<AgencyName, S> all = new TreeMap<>();
    newest.forEach((agency, held) -> all.put(agency, held.statement()));
    return all;
  }
}
