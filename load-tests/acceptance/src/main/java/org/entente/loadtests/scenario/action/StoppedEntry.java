package org.entente.loadtests.scenario.action;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.Optional;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.jspecify.annotations.Nullable;

/**
 * Expected evidence of why a message did not reach a recipient.
 *
 * @param by agency whose gateway states it: the recipient or the originator
 * @param code the code of the refusal
 * @param says a part of the reason; not checked if absent
 */
public record StoppedEntry(
    @JsonProperty(required = true) String by,
    @JsonProperty(required = true) String code,
    @Nullable String says) {

  public String words() {
    return code + " by " + by + (says == null ? "" : ": … " + says + " …");
  }

  /** The evidence of a recipient, in the same words if it matches. */
  public String words(String recipient, List<EvidenceItem> items) {
    Optional<EvidenceItem> stopped =
        items.stream()
            .filter(it -> it.getKind() == EvidenceKind.EVIDENCE_KIND_NON_DELIVERY)
            .filter(it -> it.getRecipient().equals(recipient))
            .findFirst();
    return stopped
        .map(
            it ->
                fits(it) ? words() : it.getCode() + " by " + it.getAgency() + ": " + it.getReason())
        .orElse("nothing");
  }

  private boolean fits(EvidenceItem item) {
    return item.getAgency().equals(by)
        && item.getCode().equals(code)
        && (says == null || item.getReason().contains(says));
  }
}
