package org.entente.gateway.seal;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.Result;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.statement.FulfilmentStatement;

/**
 * Newest verified statement of each agency about the obligations that it can fulfil. It applies
 * until the agency makes another: withholding a later one, or a key bundle without one, changes
 * nothing here. In memory: to survive a restart, callers store the bytes and offer them again. Safe
 * for use by many threads; bounded by the federation's members.
 */
public final class PeerFulfilments {
  private final PeerStatements<FulfilmentStatement> statements;

  /** Starts without statements. */
  public PeerFulfilments(FederationName federation, AgencyPairSource pairs) {
    statements = new PeerStatements<>(federation, pairs, FulfilmentStatement::parse);
  }

  /**
   * Accepts a statement from outside if it verifies and is newer than the known one.
   *
   * @return its agency, whose newest statement it now is: the caller should store it; empty if the
   *     same or a newer one was known already, or if it waits until it is {@link #due}; refused
   *     with {@code MALFORMED}, {@code HEADER_MISMATCH} (another federation, or from the future) or
   *     {@code BAD_SIGNATURE}
   */
  public Result<Optional<AgencyName>> offer(byte[] bytes, long nowMs) {
    return statements
        .offer(bytes, nowMs)
        .map(taken -> taken.map(statement -> statement.content().agency()));
  }

  /**
   * Takes over statements that came too often and whose time has come. Call it regularly.
   *
   * @return the agencies whose newest statements these now are: the caller should store them
   */
  public List<AgencyName> due(long nowMs) {
    return statements.due(nowMs).stream().map(statement -> statement.content().agency()).toList();
  }

  /**
   * Forgets statements signed with a pair that is no longer valid for their agency. Call it on
   * every change of trust bundle, and regularly.
   */
  public void forgetUnfounded() {
    statements.forgetUnfounded();
  }

  /** The newest statement of an agency, exact bytes. */
  public Optional<byte[]> encoded(AgencyName agency) {
    return statements.of(agency).map(FulfilmentStatement::encoded);
  }

  /** The statement of each agency that has made one. */
  public Map<AgencyName, Fulfilment> stated() {
    Map<AgencyName, Fulfilment> out = new TreeMap<>();
    statements
        .all()
        .forEach((agency, statement) -> out.put(agency, statement.content().fulfilment()));
    return out;
  }
}
