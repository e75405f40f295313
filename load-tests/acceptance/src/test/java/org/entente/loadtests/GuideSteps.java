package org.entente.loadtests;

import java.util.List;
import org.entente.loadtests.testkit.CommandStep;
import org.entente.loadtests.testkit.CommandStep.ProcessKind;

/**
 * The commands of docs/guides that no other page has, in the order of the guides, with what must
 * become of each.
 */
final class GuideSteps {
  private static final String FR_CLIENTS =
      " --gateway 127.0.0.1:7441 --credentials /tmp/federation/fr.customs/clients/";
  private static final String ANALYST = " --officer FR-12 --justification 'case 12/26'";
  private static final String SECOND =
      " --officer FR-DNRED-0007 --justification 'order of the prosecutor, 14/26'";
  private static final String CONFIGURATION = " --config /tmp/federation/fr.customs.yaml";
  private static final String CANDIDATE = " --agreements /tmp/federation/candidate";
  private static final String ID = "(?m)^([0-9a-f]{32})  ";

  private GuideSteps() {}

  /** Beside two gateways, by the names that the guide gives to them. */
  static List<CommandStep> officer() {
    return List.of(
        typed("./entente context add declarations" + FR_CLIENTS + "declarations")
            .says("declarations added, and in use"),
        typed("./entente context add desk" + FR_CLIENTS + "desk").says("desk added"),
        typed("./entente context add supervisor" + FR_CLIENTS + "supervisor")
            .says("supervisor added"),
        typed(
                "./entente context add germany --gateway 127.0.0.1:7442 --credentials"
                    + " /tmp/federation/de.customs/clients/declarations")
            .says("germany added"),
        typed("./entente context list").says("*       declarations").says("4 contexts"),
        typed(
                "./entente policy explain --to de.customs --category WILDLIFE"
                    + " --purpose CUSTOMS_CONTROL")
            .says("de.customs: permitted by eu-customs-cooperation"),
        typed("./entente send --alerts config/samples/tasking/container-check.jsonl")
            .says("1 published")
            .keeps("OWN", ID + "to \\[de\\.customs"),
        typed("./entente track MESSAGE").fills("MESSAGE", "OWN").againUntil("DELIVERED"),
        typed("./entente send --alerts config/samples/ipr.jsonl --context germany")
            .exits(3)
            .says("refused"),
        typed("./entente search --headline 'brake pads'" + ANALYST + " --context desk")
            .againWhile("no messages")
            .keeps("FOUND", ID),
        typed("./entente open FOUND" + ANALYST + " --context desk")
            .fills("FOUND", "FOUND")
            .says("brake pads"),
        typed("./entente related FOUND" + ANALYST + " --context desk").fills("FOUND", "FOUND"),
        typed(
                "./entente request ask --to de.customs"
                    + " --question 'Is this container known to you?'"
                    + " --subject container:CSQU3054383 --category IPR --purpose CUSTOMS_CONTROL"
                    + " --classification RESTRICTED --within 48"
                    + ANALYST)
            .keeps("REQUEST", ID),
        typed("./entente request list --owed --context germany").againUntil("OPEN"),
        typed(
                "./entente request answer REQUEST --result HIT --hits 2"
                    + " --classification RESTRICTED --context germany")
            .fills("REQUEST", "REQUEST")
            .says("to [fr.customs]")
            .keeps("ANSWER", ID),
        typed("./entente request list --asked").againUntil("ANSWERED"),
        typed("./entente open ANSWER" + ANALYST + " --context desk")
            .fills("ANSWER", "ANSWER")
            .says("in reply to {REQUEST}"),
        typed("./entente send --alerts config/samples/held/controlled-delivery.jsonl")
            .says("1 held")
            .keeps("HELD", ID + "held until"),
        typed("./entente release list --context supervisor").says("1 held message"),
        typed("./entente release show HELD" + SECOND + " --context supervisor")
            .fills("HELD", "HELD")
            .says("fr-sg-controlled-delivery"),
        typed("./entente release approve HELD" + SECOND + " --context supervisor")
            .fills("HELD", "HELD")
            .says("to sg.police"),
        typed(
                "./entente recall MESSAGE --reason 'the container was mixed up' --officer FR-118"
                    + " --justification 'telephone note 7/26' --context supervisor")
            .fills("MESSAGE", "OWN")
            .says("recall "),
        typed("./entente track MESSAGE --context supervisor")
            .fills("MESSAGE", "OWN")
            .againUntil("ERASED"));
  }

  /** Before anything runs. */
  static List<CommandStep> lawyer() {
    return List.of(
        CommandStep.of("cp -r /tmp/federation/agreements /tmp/federation/candidate")
            .in(ProcessKind.SHELL),
        CommandStep.of(
                "./entente policy new fr-de-us-wildlife --party fr.customs --party de.customs"
                    + " --party us.cbp"
                    + " --out /tmp/federation/candidate/fr-de-us-wildlife.yaml")
            .says("written"),
        CommandStep.of("./entente policy lint" + CONFIGURATION + CANDIDATE)
            .says("law.reference: to be completed")
            .says("valid.from: begins on 2100-01-01")
            .says("0 errors, "),
        CommandStep.of(
                "./entente policy explain"
                    + CONFIGURATION
                    + CANDIDATE
                    + " --at 2100-01-02 --to de.customs --to us.cbp --category OTHER"
                    + " --purpose CUSTOMS_CONTROL")
            .says("de.customs: permitted by fr-de-us-wildlife")
            .says("us.cbp: permitted by fr-de-us-wildlife"),
        CommandStep.of("./entente policy test" + CONFIGURATION + CANDIDATE + " config/expectations")
            .says("56 of 56 expectations met"),
        CommandStep.of(
                "./entente policy diff" + CONFIGURATION + " --candidate /tmp/federation/candidate")
            .exits(1)
            .says("fr-de-us-wildlife"),
        CommandStep.of(
                "./entente policy prose"
                    + CONFIGURATION
                    + " /tmp/federation/candidate/fr-de-us-wildlife.yaml --html"
                    + " --out /tmp/federation/fr-de-us-wildlife.html")
            .says("written")
            .says("law.reference: to be completed"));
  }

  /** Contexts belong to the user who types: a process of its own, told of a file of its own. */
  private static CommandStep typed(String command) {
    return CommandStep.of(command).in(ProcessKind.LAUNCHER);
  }
}
