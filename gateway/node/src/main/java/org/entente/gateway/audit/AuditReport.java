package org.entente.gateway.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.note.TreeHash;

/**
 * The findings of {@link AuditVerifier}.
 *
 * @param size leaves checked
 * @param root root recomputed from them
 * @param checkpointSize leaves that the newest valid checkpoint covers; 0 without one
 * @param openedRecords records that opened and match their leaves
 * @param blindedRecords records that do not open, because they were erased or keys are missing
 * @param first the record of the first leaf, as it was hashed into the tree; empty if it did not
 *     open or does not match its leaf
 * @param faults descriptions of faults in the order found; at most {@value #MAX_FAULTS} and a last
 *     line that counts the others
 */
public record AuditReport(
    long size,
    TreeHash root,
    long checkpointSize,
    long openedRecords,
    long blindedRecords,
    Optional<AuditRecord> first,
    List<String> faults) {

  /** The number of faults listed individually. */
  public static final int MAX_FAULTS = 20;

  /** Copies the list. */
  public AuditReport {
    faults = List.copyOf(faults);
  }

  /** Adds a fault, if there is one. */
  public AuditReport with(Optional<String> fault) {
    if (fault.isEmpty()) {
      return this;
    }
    List<String> all = new ArrayList<>(faults);
    all.add(fault.get());
    return new AuditReport(size, root, checkpointSize, openedRecords, blindedRecords, first, all);
  }

  /** Whether no fault was found. */
  public boolean ok() {
    return faults.isEmpty();
  }
}
