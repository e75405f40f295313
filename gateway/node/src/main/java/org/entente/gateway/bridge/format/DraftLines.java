package org.entente.gateway.bridge.format;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Draft;

/**
 * Reads drafts written as JSON Lines of {@code {"publisher": "fr.customs", "draft": {…}}}, with the
 * draft in protobuf JSON form.
 */
public final class DraftLines {
  private static final String PUBLISHER = "publisher";
  private static final String DRAFT = "draft";

  private DraftLines() {}

  /**
   * The draft of a line.
   *
   * @param asked whether policy is only asked about it, so that it may lack the fields named in
   *     {@link DraftLimits#checkAsked}
   */
  public static AlertItem read(SourceRecord record, boolean asked) {
    try {
      Map<String, Object> fields = record.fields();
      for (String name : fields.keySet()) {
        if (!Set.of(PUBLISHER, DRAFT).contains(name)) {
          throw new DraftFault(
              PrintableText.cut(name, 40),
              "is an unknown field: without a mapping a line is {\"publisher\": …, \"draft\": "
                  + "{…}}");
        }
      }
      AgencyName publisher = publisher(fields);
      if (!(fields.get(DRAFT) instanceof Map<?, ?> values)) {
        throw new DraftFault(DRAFT, "must be an entente.v1.Draft in protobuf JSON form");
      }
      Draft.Builder draft = Draft.newBuilder();
      ProtoValues.fill(draft, values, "");
      if (asked) {
        DraftLimits.checkAsked(draft.build());
      } else {
        DraftLimits.check(draft.build());
      }
      return new AlertDraft(
          record.file(), record.line(), Optional.of(publisher), draft.build(), List.of());
    } catch (DraftFault e) {
      return e.at(record.file(), record.line());
    }
  }

  private static AgencyName publisher(Map<String, Object> fields) throws DraftFault {
    if (fields.get(PUBLISHER) instanceof String name) {
      return DraftLimits.agency(name, PUBLISHER);
    }
    throw new DraftFault(PUBLISHER, "must be the name of the publishing agency");
  }
}
