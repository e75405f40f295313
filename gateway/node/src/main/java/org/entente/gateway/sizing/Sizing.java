package org.entente.gateway.sizing;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.trust.BundleContent;

/**
 * Computes the needs of gateways from {@link Costs}, linearly in each, as measured
 * (docs/operate/scale.md). It assumes one envelope per message and a constant rate all day, so the
 * result is an upper bound. Immutable; does no I/O.
 */
public final class Sizing {
  private static final double MICROS = 1e6;
  private static final double SECONDS_A_DAY = 86_400;

  private final Demand demand;
  private final Costs costs;

  /** Creates the sizing of a demand. */
  public Sizing(Demand demand, Costs costs) {
    this.demand = demand;
    this.costs = costs;
  }

  /**
   * The need of an agency's gateway.
   *
   * @param witness whether it is one of the witnesses
   */
  public Need agency(boolean witness) {
    Costs.Processor time = costs.processor();
    double sent = demand.rate();
    double received = demand.received();
    double own = checkpoints(sent + received) * others(witness);
    double asked = witness ? asked() : 0;
    double sending = sent * (time.sentMessage() + more() * time.furtherRecipient());
    double receiving = received * time.receivedMessage();
    double ofSent =
        sent * (costs.disk().sentMessage() + demand.recipients() * costs.disk().sentRecipient());
    double ofReceived = received * costs.disk().receivedMessage();
    double witnessing = (own + asked) * costs.wire().witnessExchange();
    double answers = received * costs.wire().answers();
    return new Need(
        demand.hub() ? 1 : demand.agencies() - 1,
        (sending + receiving + asked * time.witnessAnswer()) / MICROS,
        (sending * time.writerShareSent() + receiving * time.writerShareReceived()) / MICROS,
        memory(demand.hub() ? 1 : demand.agencies() - 1),
        perDay(ofSent + ofReceived + received * padded()),
        kept(ofSent + ofReceived, received * padded()),
        received * delivery() + answers + witnessing / 2,
        sent * sentBytes() + answers + witnessing / 2,
        witnessing,
        bundle(),
        demand.hub() ? 1 : demand.agencies() - 1);
  }

  /** The need of the transit's gateway, to which all are linked. */
  public Need transit() {
    double published = demand.agencies() * demand.rate();
    double forwarded = published * demand.recipients();
    double kept = forwarded * costs.disk().forwardedMessage();
    double exchanges = asked() * demand.witnesses();
    double witnessing = exchanges * costs.wire().witnessExchange();
    double answers = forwarded * costs.wire().answers();
    double micros = forwarded * costs.processor().forwardedMessage();
    return new Need(
        demand.agencies(),
        micros / MICROS,
        micros * costs.processor().writerShareReceived() / MICROS,
        memory(demand.agencies()),
        perDay(kept),
        kept(kept, 0),
        published * sentBytes() + answers + witnessing,
        forwarded * delivery() + answers + witnessing,
        2 * witnessing,
        bundle(),
        demand.agencies());
  }

  /** The exceeded limits of this release, one line each. */
  public List<String> exceeded() {
    List<String> lines = new ArrayList<>();
    above(lines, "agencies in a trust bundle", demand.gateways(), BundleContent.MAX_AGENCIES);
    above(lines, "bytes of the trust bundle", bundle(), SignedNote.MAX_BYTES);
    above(lines, "recipients of a message", demand.recipients(), LabelCheck.MAX_AGENCIES);
    int largest = NodeConfig.Limits.DEFAULT.messageBytes();
    above(lines, "bytes of label and body (limits.message_bytes)", (double) demand.size(), largest);
    int connections = NodeConfig.Limits.DEFAULT.connections();
    Need agency = agency(true);
    above(lines, "links of an agency (limits.connections)", agency.links(), connections);
    writer(lines, "an agency's gateway", agency);
    if (demand.hub()) {
      above(lines, "links of the transit (limits.connections)", transit().links(), connections);
      writer(lines, "the transit's gateway", transit());
    }
    return lines;
  }

  private static void above(List<String> lines, String what, double value, long most) {
    if (value > most) {
      lines.add(String.format(Locale.ROOT, "%s: %,.0f, at most %,d", what, value, most));
    }
  }

  private static void writer(List<String> lines, String who, Need need) {
    if (need.writer() > 1) {
      lines.add(
          String.format(
              Locale.ROOT,
              "%s: the thread that writes the ledger needs %.2f of one core; more cores do not"
                  + " help",
              who,
              need.writer()));
    }
  }

  private int more() {
    return demand.recipients() - 1;
  }

  private double padded() {
    return demand.size() * (1 + costs.wire().paddingShare());
  }

  /** Bytes of a message in its own envelope to one recipient. */
  private double delivery() {
    return padded() + costs.wire().deliveryOverhead();
  }

  /** Bytes that the origin sends: one envelope over its one link, or one for each recipient. */
  private double sentBytes() {
    return demand.hub()
        ? delivery() + more() * costs.wire().stanza()
        : delivery() * demand.recipients();
  }

  private double checkpoints(double leavesPerSecond) {
    return demand.checkpoints(leavesPerSecond);
  }

  /** Witnesses of a log: all, or all others if it is one itself. */
  private int others(boolean witness) {
    return witness ? Math.max(0, demand.witnesses() - 1) : demand.witnesses();
  }

  /** Requests a second to each witness from all other logs. */
  private double asked() {
    double ofAgencies = (demand.agencies() - 1) * checkpoints(demand.rate() + demand.received());
    double ofTransit = demand.hub() ? checkpoints(demand.agencies() * demand.received()) : 0;
    return demand.witnesses() == 0 ? 0 : ofAgencies + ofTransit;
  }

  private double bundle() {
    return costs.wire().bundleBase() + demand.gateways() * costs.wire().bundleMember();
  }

  private double memory(int links) {
    Costs.Memory memory = costs.memory();
    double heap = demand.gateways() * memory.member() + links * memory.link();
    return memory.process() + heap * (1 + memory.dead()) + links * memory.connection();
  }

  private double perDay(double bytesPerSecond) {
    return bytesPerSecond * SECONDS_A_DAY * costs.disk().amplification();
  }

  private double kept(double records, double bodies) {
    return perDay(records) * costs.disk().recordsDays() + perDay(bodies) * demand.retentionDays();
  }
}
