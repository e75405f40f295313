package org.entente.gateway.receive;

import java.security.SecureRandom;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.QuarantineStage;
import org.entente.gateway.ledger.record.ProcessingFailures;
import org.entente.gateway.ledger.record.StorageKeys;
import org.entente.gateway.link.HopIntake;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.policy.terms.ExerciseRetention;
import org.entente.gateway.seal.LocalSeal;

/** Receives from all peers; provides the link with an intake for each peer and lane. */
public final class PeerReception {
  private final Ledger ledger;
  private final Inspection inspection;
  private final UnusualMemory memory = new UnusualMemory();
  private final Reception reception;
  private final QuarantinedReceipts setAside;

  /**
   * Creates the reception from its parts.
   *
   * @param exercises the longest retention of training messages
   */
  public PeerReception(
      ReceiveParts parts,
      StorageKeys keys,
      IngressCheck ingress,
      Reporter reporter,
      SecureRandom random,
      ExerciseRetention exercises) {
    this.ledger = parts.ledger();
    EnvelopeUnsealer unsealing =
        new EnvelopeUnsealer(parts, keys, new LocalSeal(random), ingress, exercises);
    Custody custody =
        new Custody(
            keys,
            random,
            parts.opening().opener(),
            parts.keeping().quarantine(),
            parts.environment().clock());
    this.inspection =
        new Inspection(parts, unsealing, new ProcessingFailures<>("receiving"), custody, memory);
    this.reception = new Reception(parts, reporter, custody);
    this.setAside = new QuarantinedReceipts(parts, custody, unsealing, reception);
  }

  /** The quarantine of received envelopes. */
  public QuarantineStage setAside() {
    return setAside;
  }

  /** The intake of one peer's lane. */
  public HopIntake intake(AgencyName peer, Lane lane) {
    return new PeerIntake(ledger, inspection, memory, reception, peer, lane);
  }
}
