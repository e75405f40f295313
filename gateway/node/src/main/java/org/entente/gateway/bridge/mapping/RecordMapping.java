package org.entente.gateway.bridge.mapping;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.bridge.cap.CapImport;
import org.entente.gateway.bridge.cap.CapImport.ImportResult;
import org.entente.gateway.bridge.format.AlertDraft;
import org.entente.gateway.bridge.format.AlertItem;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapProblem;
import org.entente.gateway.bridge.format.DraftFault;
import org.entente.gateway.bridge.format.DraftLimits;
import org.entente.gateway.bridge.format.SourceRecord;
import org.entente.gateway.bridge.format.UnmappedValue;
import org.entente.gateway.model.AgencyName;
import org.entente.proto.v1.Draft;

/**
 * A loaded mapping file, which converts an agency's own records to drafts without code.
 *
 * <p>For each target field of {@code entente.v1.Draft}, a mapping gives a CEL expression over the
 * record {@code source}, a constant, a condition, or a default ({@link MappingFile.Rule}); {@code
 * config/mappings/README.md} describes the format. Loading checks the file as a whole: paths and
 * types against the descriptors, enums by name, expressions compiled, no target set twice, no
 * required target missing. Later failures are faults of a record and are reported with it.
 *
 * <p>Immutable and pure; safe for use by several threads.
 */
public final class RecordMapping {
  static final String PUBLISHER = "publisher";

  /** A target with its rule. */
  record Entry(TargetPath target, FieldRule rule) {}

  private final String name;
  private final MappingInput input;
  private final FieldRule publisher;
  private final List<Entry> entries;

  RecordMapping(String name, MappingInput input, FieldRule publisher, List<Entry> entries) {
    this.name = name;
    this.input = input;
    this.publisher = publisher;
    this.entries = List.copyOf(entries);
  }

  /** Its input. */
  public MappingInput input() {
    return input;
  }

  /** The draft for a record. */
  public AlertItem apply(SourceRecord record) {
    Draft empty = Draft.getDefaultInstance();
    return apply(record.file(), record.line(), record.fields(), empty, List.of());
  }

  /** The draft for a CAP alert. */
  public AlertItem apply(CapAlert alert) {
    try {
      ImportResult base = CapImport.read(alert);
      return apply(
          alert.file(), alert.line(), CapImport.source(alert), base.draft(), base.unmapped());
    } catch (CapProblem e) {
      return new BadRecord(alert.file(), e.line(), e.path(), e.problem());
    }
  }

  private AlertItem apply(
      String file, int line, Map<String, Object> source, Draft base, List<UnmappedValue> unmapped) {
    try {
      DraftAssembly assembly = new DraftAssembly(base);
      for (Entry entry : entries) {
        Object value = entry.rule.value(source).orElse(null);
        if (value != null) {
          assembly.set(entry.target, value);
        }
      }
      Draft draft = assembly.draft();
      DraftLimits.check(draft);
      return new AlertDraft(file, line, Optional.of(publisher(source)), draft, unmapped);
    } catch (DraftFault e) {
      return e.at(file, line);
    }
  }

  private AgencyName publisher(Map<String, Object> source) throws DraftFault {
    Object value = publisher.value(source).orElse(null);
    if (value instanceof String agency) {
      return DraftLimits.agency(agency, PUBLISHER);
    }
    throw new DraftFault(PUBLISHER, "is not known for this record");
  }

  @Override
  public String toString() {
    return "RecordMapping[" + name + "]";
  }
}
