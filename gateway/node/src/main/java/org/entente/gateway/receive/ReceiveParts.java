package org.entente.gateway.receive;

import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.Quarantining;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.retention.RecallReception;
import org.entente.gateway.seal.Opener;
import org.entente.gateway.seal.RecipientSessions;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.RoutingTable;

/** The parts that receiving uses. */
public record ReceiveParts(
    AgencyName self,
    Ledger ledger,
    EvidenceRecords evidence,
    Transit transit,
    Opening opening,
    Keeping keeping,
    Environment environment) {
  /**
   * What it passes on, and for whom.
   *
   * @param member whether an agency is a member now
   * @param carrier whether an agency may carry mail of others now
   * @param check what this agency carries for others
   */
  public record Transit(
      Dispatch dispatch,
      RoutingTable routes,
      Predicate<AgencyName> member,
      Predicate<AgencyName> carrier,
      TransitCheck check) {}

  /**
   * Opens what arrives.
   *
   * @param numbers what came under the latest numbers, for statements to their origins
   */
  public record Opening(Opener opener, RecipientSessions sessions, ReceivedHeaders numbers) {}

  /**
   * Decides which messages are kept.
   *
   * @param recalls recalls and blocks by origins
   * @param hooks what features do with messages, in the order in which they may refuse
   * @param quarantine sets messages aside that fail
   * @param desks routes messages to desks of this agency
   */
  public record Keeping(
      RecallReception recalls, List<ReceptionHook> hooks, Quarantining quarantine, Desks desks) {}

  /**
   * Time, threads, accounts and metrics.
   *
   * @param clock the time in statements, for checking those of others, and for the start of
   *     retention
   * @param ending the time for expiry on arrival, as an expired message is lost
   * @param keeping the latest time that it may be, for the end of what is kept
   * @param workers for work that may wait for the disk
   * @param agencies accounts of other agencies
   */
  public record Environment(
      InstantSource clock,
      InstantSource ending,
      InstantSource keeping,
      Executor workers,
      Accounts agencies,
      Meters meters) {}
}
