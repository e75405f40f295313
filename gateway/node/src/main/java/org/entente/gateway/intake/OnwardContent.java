package org.entente.gateway.intake;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toCollection;

import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Permit;
import org.entente.gateway.policy.decide.AppliedConsent;
import org.entente.gateway.policy.decide.OnwardSource;
import org.entente.gateway.policy.decide.Permitted;

/**
 * The content that a submission passes on. Immutable. The consents are grouped when it is made, by
 * the caller's thread: there can be thousands, and the ledger's writer looks them up for each
 * source and recipient.
 */
final class OnwardContent {
  static final OnwardContent NOTHING = new OnwardContent(List.of(), List.of());

  /** Most bytes of an item of evidence that content was passed on, but for the recipients. */
  private static final int ITEM_BYTES = 150;

  /** Most bytes of a recipient's name in it. */
  private static final int RECIPIENT_BYTES = 40;

  /** Most consents that one leaf can name. */
  private static final int NAMED = 10;

  private final List<SourceMessage> sources;
  private final Map<Use, Set<MessageId>> consents;

  /**
   * The content of some messages.
   *
   * @param sources the received messages
   * @param consented the originators' consents that permit it
   */
  OnwardContent(List<SourceMessage> sources, List<AppliedConsent> consented) {
    this.sources = List.copyOf(sources);
    this.consents =
        consented.stream()
            .collect(
                groupingBy(
                    one -> new Use(one.source(), one.recipient()),
                    mapping(AppliedConsent::consent, toCollection(LinkedHashSet::new))));
  }

  /** A received message and its originator. */
  record SourceMessage(MessageId id, AgencyName originator) {}

  /** A received message that goes to a recipient. */
  private record Use(MessageId source, AgencyName recipient) {}

  /** The content of these sources, under these consents. */
  static OnwardContent of(List<OnwardSource> sources, List<AppliedConsent> consented) {
    if (sources.isEmpty() && consented.isEmpty()) {
      return NOTHING;
    }
    return new OnwardContent(
        sources.stream()
            .map(it -> new SourceMessage(it.id(), new AgencyName(it.label().getOrigin())))
            .toList(),
        consented);
  }

  /** The received messages. */
  List<SourceMessage> sources() {
    return sources;
  }

  /** The consents under which a source goes to a recipient, each once; empty if none is needed. */
  Set<MessageId> consents(MessageId source, AgencyName recipient) {
    return consents.getOrDefault(new Use(source, recipient), Set.of());
  }

  /** About as many bytes as {@link OnwardUseEvidence} of the consents has at most. */
  long evidenceBytes() {
    long bytes = 0;
    Set<List<MessageId>> items = new HashSet<>();
    for (Map.Entry<Use, Set<MessageId>> use : consents.entrySet()) {
      bytes += (long) RECIPIENT_BYTES * use.getValue().size();
      use.getValue().forEach(consent -> items.add(List.of(use.getKey().source(), consent)));
    }
    return bytes + (long) ITEM_BYTES * items.size();
  }

  /** The leaf about a received message, and the message that passes it on. */
  static AuditRecord leaf(
      Instant at, AuditActor actor, Permitted part, MessageId source, MessageId id) {
    List<AgencyName> recipients = part.permits().stream().map(Permit::recipient).toList();
    return AuditRecord.of(
            AuditType.PASSED_ON,
            LawCategory.DISCLOSURE,
            at,
            actor,
            new AuditSubject(null, List.of(source, id), recipients, null))
        .under(part.agreement(), part.policyVersion());
  }

  /** The consents for these recipients in words; empty if none is needed. */
  String words(MessageId source, List<AgencyName> recipients) {
    Set<MessageId> ids =
        recipients.stream()
            .map(recipient -> consents(source, recipient))
            .flatMap(Collection::stream)
            .collect(toCollection(LinkedHashSet::new));
    if (ids.isEmpty()) {
      return "";
    }
    String named =
        ids.stream().limit(NAMED).map(MessageId::toString).collect(Collectors.joining(", "));
    return "under consent " + named + (ids.size() > NAMED ? " and others" : "");
  }
}
