package org.entente.gateway.bridge.cap;

import com.google.protobuf.Descriptors.EnumValueDescriptor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.bridge.cap.CapImport.ImportResult;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapProblem;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.bridge.format.DraftLimits;
import org.entente.gateway.bridge.format.ProtoValues;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Result;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Label;

/**
 * The terms of a message that CAP lacks, equal for all alerts that are sent together: category,
 * purpose, classification, and further label fields. The alternative is a mapping file ({@code
 * RecordMapping}), which can set them for each alert.
 *
 * <p>Addressees are named, or are the agencies that agreements permit. The latter is allowed only
 * for an alert with scope {@code Public}: any other scope implies addressees that cannot be
 * guessed. Immutable and pure; safe for use by several threads.
 */
public final class CapTerms {
  private static final String LABEL = "label.";
  private static final List<String> NEEDED = List.of("category", "purpose", "classification");

  /** Label fields that come from the document. */
  private static final List<String> FROM_CAP =
      List.of("kind", "status", "message_type", "severity", "urgency", "certainty");

  private final Label label;
  private final Addressing to;

  private CapTerms(Label label, Addressing to) {
    this.label = label;
    this.to = to;
  }

  /**
   * Reads terms. A problem names a field of the label, such as {@code legal_basis}, or {@code to}.
   *
   * @param label values by field of {@code entente.v1.Label}: text, a list of texts, or enums by
   *     name
   * @param to agencies; empty for those that agreements permit
   */
  public static Result<CapTerms> of(Map<String, Object> label, List<String> to) {
    try {
      Label.Builder read = Label.newBuilder();
      for (String name : NEEDED) {
        if (!label.containsKey(name)) {
          throw new DraftFault(LABEL + name, "is required");
        }
      }
      ProtoValues.fill(read, label, "label");
      DraftLimits.checkValues(Draft.newBuilder().setLabel(read).build());
      for (String agency : to) {
        DraftLimits.agency(agency, "to");
      }
      return Result.done(
          new CapTerms(read.build(), Addressing.newBuilder().addAllAgencies(to).build()));
    } catch (DraftFault e) {
      String field = e.field();
      return wrong(field.startsWith(LABEL) ? field.substring(LABEL.length()) : field, e.problem());
    }
  }

  /**
   * Reads terms as a client sends them. A problem names its path in a draft.
   *
   * @param label without the fields that come from the document or that the gateway sets
   * @param to addressees; empty for those that agreements permit
   */
  public static Result<CapTerms> of(Label label, Addressing to) {
    for (String name : FROM_CAP) {
      if (label.getField(Label.getDescriptor().findFieldByName(name))
              instanceof EnumValueDescriptor said
          && said.getNumber() != 0) {
        return wrong(LABEL + name, "comes from the document and must be left out");
      }
    }
    try {
      DraftLimits.checkTerms(label, to);
      return Result.done(new CapTerms(label, to));
    } catch (DraftFault e) {
      return wrong(e.field(), e.problem());
    }
  }

  private static Result<CapTerms> wrong(String field, String problem) {
    return Result.refused(Code.INVALID_FIELD, field, problem);
  }

  /** The draft for a CAP alert. */
  public AlertItem apply(CapAlert alert) {
    try {
      ImportResult imported = CapImport.read(alert);
      Draft.Builder draft = imported.draft().toBuilder();
      draft.getLabelBuilder().mergeFrom(label);
      draft.setTo(addressees(alert.element().textOf("scope")));
      DraftLimits.check(draft.build());
      Optional<AgencyName> sender = Optional.empty();
      return new AlertDraft(alert.file(), alert.line(), sender, draft.build(), imported.unmapped());
    } catch (CapProblem e) {
      return new BadRecord(alert.file(), e.line(), e.path(), e.problem());
    } catch (DraftFault e) {
      return new BadRecord(alert.file(), alert.line(), CapPath.of(e.field()), e.problem());
    }
  }

  private Addressing addressees(String scope) throws DraftFault {
    if (!to.equals(Addressing.getDefaultInstance()) && !to.getWhomAgreementsAllow()) {
      return to;
    }
    if (!scope.equals("Public")) {
      throw new DraftFault(
          "alert/scope",
          "is " + scope + ", so the addressees must be named; agreements alone cannot select them");
    }
    return to.toBuilder().setWhomAgreementsAllow(true).build();
  }
}
