package org.entente.gateway.intake;

import java.util.List;
import java.util.stream.Collectors;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.AppliedConsent;
import org.entente.gateway.policy.decide.OnwardSource;

/**
 * The content that a submission passes on.
 *
 * @param sources the received messages
 * @param consented the originators' consents that permit it
 */
record OnwardContent(List<SourceMessage> sources, List<AppliedConsent> consented) {
  static final OnwardContent NOTHING = new OnwardContent(List.of(), List.of());

  /** Most consents that one leaf can name. */
  private static final int NAMED = 10;

  OnwardContent {
    sources = List.copyOf(sources);
    consented = List.copyOf(consented);
  }

  /** A received message and its originator. */
  record SourceMessage(MessageId id, AgencyName originator) {}

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

  /** The consents for these recipients in words; empty if none is needed. */
  String words(MessageId source, List<AgencyName> recipients) {
    List<String> ids =
        consented.stream()
            .filter(one -> one.source().equals(source) && recipients.contains(one.recipient()))
            .map(one -> one.consent().toString())
            .distinct()
            .toList();
    if (ids.isEmpty()) {
      return "";
    }
    String named = ids.stream().limit(NAMED).collect(Collectors.joining(", "));
    return "under consent " + named + (ids.size() > NAMED ? " and others" : "");
  }
}
