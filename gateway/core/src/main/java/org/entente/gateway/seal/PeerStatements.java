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
 * @param <S> the kind
 */
final class PeerStatements<S extends SignedStatement.ByAgency<?>> {
  private final FederationName federation;
  private final AgencyPairSource pairs;
  private final Function<byte[], Optional<S>> format;
  private final Map<AgencyName, HeldStatement<S>> newest = new ConcurrentHashMap<>();

  /** A statement and the pair that signed it. */
  private record HeldStatement<S>(S statement, VerifyingPair signer) {}

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
   *     same or a newer one was known already; refused with {@code MALFORMED}, {@code
   *     HEADER_MISMATCH} (another federation, or from the future) or {@code BAD_SIGNATURE}
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
    if (!isNewer(statement, newest.get(agency), nowMs)) {
      return Result.done(Optional.empty());
    }
    Optional<VerifyingPair> signer = statement.signer(pairs.of(agency));
    if (signer.isEmpty()) {
      return unsigned(agency);
    }
    HeldStatement<S> kept =
        newest.merge(
            agency,
            new HeldStatement<>(statement, signer.get()),
            (held, next) -> isNewer(next.statement(), held, nowMs) ? next : held);
    if (kept.statement() != statement) {
      return Result.done(Optional.empty());
    }
    if (!pairs.of(agency).contains(signer.get())) {
      // The pair was withdrawn meanwhile; a statement must not outlive trust in its signer.
      newest.remove(agency, kept);
      return unsigned(agency);
    }
    return Result.done(Optional.of(statement));
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
    List<AgencyName> forgotten = new ArrayList<>();
    newest.forEach(
        (agency, held) -> {
          if (!pairs.of(agency).contains(held.signer()) && newest.remove(agency, held)) {
            forgotten.add(agency);
          }
        });
    return forgotten;
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
