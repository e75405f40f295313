package org.entente.gateway.policy.check;

import java.util.HashSet;
import java.util.List;
import java.util.regex.Pattern;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.ResponderList;

/** Checks lists of responders against the comments in message.proto. */
final class ResponderCheck {
  static final int MOST = 64;

  static final String NAME_FORM =
      "must be 1 to 64 characters of a-z 0-9 and -, not beginning with -";

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final int CATEGORIES = 64;
  private static final int DESCRIPTION = 200;
  private static final int LONGEST_MINUTES = 43_200;
  private static final int OLDEST_MINUTES = 5_256_000;
  private static final int SUBJECTS = 256;

  private final ValidationErrors findings;

  ResponderCheck(ValidationErrors findings) {
    this.findings = findings;
  }

  void list(ResponderList list) {
    findings.known("body.responders", list);
    List<Responder> responders = list.getRespondersList();
    if (findings.count("body.responders.responders", responders.size(), MOST)) {
      for (int i = 0; i < responders.size() && !findings.full(); i++) {
        responder("body.responders.responders[" + i + "]", responders.get(i));
      }
    }
    findings.check(list.hasAt(), "body.responders.at", "is required");
    findings.time("body.responders.at", list.getAt());
  }

  static boolean isName(String name) {
    return NAME.matcher(name).matches();
  }

  void responder(String field, Responder responder) {
    findings.known(field, responder);
    findings.check(isName(responder.getName()), field + ".name", NAME_FORM);
    categories(field + ".categories", responder);
    findings.line(field + ".description", responder.getDescription(), DESCRIPTION);
    within(
        field + ".answers_within_minutes", responder.getAnswersWithinMinutes(), 1, LONGEST_MINUTES);
    findings.required(field + ".matching", responder.getMatching());
    within(field + ".data_age_minutes", responder.getDataAgeMinutes(), 0, OLDEST_MINUTES);
    within(field + ".subjects_per_request", responder.getSubjectsPerRequest(), 1, SUBJECTS);
    findings.required(field + ".status", responder.getStatus());
  }

  private void categories(String field, Responder responder) {
    findings.check(responder.getCategoriesCount() > 0, field, "must have at least one entry");
    if (findings.count(field, responder.getCategoriesCount(), CATEGORIES)) {
      responder.getCategoriesList().forEach(category -> findings.required(field, category));
      findings.check(
          new HashSet<>(responder.getCategoriesValueList()).size()
              == responder.getCategoriesCount(),
          field,
          "contains an entry twice");
    }
  }

  private void within(String field, int value, int least, int most) {
    findings.check(value >= least && value <= most, field, "must be " + least + " to " + most);
  }
}
