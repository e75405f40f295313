package org.entente.gateway.audit.record;

import org.jspecify.annotations.Nullable;

/**
 * Person on whose behalf a client called, as the agency's own system names them.
 *
 * @param officer the agency's reference of the officer, 1 to 80 characters
 * @param unit the officer's unit, at most 80 characters, may be empty
 * @param justification why, at most 500 characters; null where the law requires none
 */
public record AuditPerson(String officer, String unit, @Nullable String justification) {

  /** Checks the lengths. */
  public AuditPerson {
    RecordText.require("officer", officer, 1, 80);
    RecordText.require("unit", unit, 0, 80);
    if (justification != null) {
      RecordText.require("justification", justification, 0, 500);
    }
  }

  /** Hides the person: log records are personal data. */
  @Override
  public String toString() {
    return "AuditPerson[hidden]";
  }
}
