package org.entente.gateway.policy.check;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.entente.proto.v1.DeskAddress;

/** Checks the desks of one draft. Used by one thread. */
final class DeskCheck {
  /** Most desks, of all agencies, that a draft may name. */
  private static final int MAX_DESKS = 256;

  private final ValidationErrors findings;
  private final Map<String, Collection<String>> byAgency = new HashMap<>();

  DeskCheck(ValidationErrors findings) {
    this.findings = findings;
  }

  /** Checks one list of desks against the limits, together with the lists before it. */
  void named(String field, List<DeskAddress> desks) {
    if (!findings.count(field, desks.size(), MAX_DESKS)) {
      return;
    }
    for (int i = 0; i < desks.size() && !findings.full(); i++) {
      named(field + "[" + i + "]", desks.get(i));
    }
  }

  private void named(String field, DeskAddress desk) {
    findings.known(field, desk);
    findings.agency(field + ".agency", desk.getAgency());
    findings.desk(field + ".desk", desk.getDesk());
    Collection<String> of = byAgency.computeIfAbsent(desk.getAgency(), unused -> new TreeSet<>());
    findings.check(of.add(desk.getDesk()), field, "repeats an earlier desk");
    findings.check(
        of.size() <= LabelFieldCheck.MAX_DESKS,
        field,
        "is one of more than " + LabelFieldCheck.MAX_DESKS + " desks of its agency");
  }
}
