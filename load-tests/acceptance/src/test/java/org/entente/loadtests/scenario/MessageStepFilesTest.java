package org.entente.loadtests.scenario;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a file is told of steps about messages: consents, charges, threads, CAP, exports and so on.
 */
final class MessageStepFilesTest {
  @TempDir private Path folder;

  private DynamicTest wrong(String text, String replacement, String expected) {
    return new StepFiles(folder).wrong(text, replacement, expected);
  }

  @TestFactory
  Stream<DynamicTest> step_wrong_isRefusedWithLineFieldAndWhatWouldBeValid() {
    return Stream.of(
        wrong("days: 30\n      reason", "days: 0\n      reason", "steps[6].ask_consent.days: is 0"),
        wrong("asks: nl.customs", "asks: nl.army", "steps[6].ask_consent.asks: \"nl.army\" is no"),
        wrong("to: [nl.customs]\n      days", "to: [nl.army]\n      days", "ask_consent.to[0]"),
        wrong(
            "does: GRANT\n",
            "does: REVOKE\n",
            "steps[7].decide_consent.reason: is missing; valid: a line with DENY and REVOKE"),
        wrong(
            "does: GRANT\n",
            "does: DENY\n      reason: no\n      to: [nl.police]\n",
            "steps[7].decide_consent.to: beside DENY; valid: with GRANT only"),
        wrong(
            "consent: consent\n",
            "consent: other\n",
            "steps[7].decide_consent.consent: no step before this one names the consent \"other\""),
        wrong(
            "lists: { consent: GRANTED }",
            "lists: { consent: GIVEN }",
            "steps[8].consents.lists.consent: \"GIVEN\"; valid: one of DENIED"),
        wrong(
            "step: TAKEN, officer: P-1, tells",
            "step: LEFT, officer: P-1, tells",
            "steps[15].charge.step: \"LEFT\"; valid: one of GIVEN_BACK, TAKEN"),
        wrong(", tells: nl.customs", "", "steps[15].charge: expects nothing"),
        wrong(
            "lists: { nl.police: { step: TAKEN, officer: P-1 } }",
            "lists: { nl.police: { step: TAKEN } }",
            "steps[16].charges.lists.nl.police.officer"),
        wrong(
            "shows: [{ message: first }]\n  - say: step\n    chain",
            "shows: [{ message: first, answers: other }]\n  - say: step\n    chain",
            "steps[17].thread.shows[0].answers: no step before"),
        wrong(
            "message: first, shows: [{ message: first }]",
            "message: first, shows: [{ message: first, type: UPDATE }]",
            "steps[18].chain.shows[0]: has one of type and changes"),
        wrong(
            "fulfils: [NO_ONWARD_TRANSFER]",
            "fulfils: [NOTHING]",
            "steps[29].fulfils.fulfils[0]: \"NOTHING\"; valid: one of DESTROY_AFTER_RETENTION"),
        wrong(", fulfils: [NO_ONWARD_TRANSFER]", "", "steps[29].fulfils: expects nothing"),
        wrong(
            "exercise: { published: 0 }",
            "exercise: { lost: 0 }",
            "steps[36].counts: counter lost; valid: one of [delivered, published, received"),
        wrong("{ received: 1 }", "{ received: -1 }", "steps[36].counts: received -1; valid: 0 or"),
        wrong(
            ", exercise: { published: 0 }, actual: { received: 1 }",
            "",
            "steps[36].counts: expects nothing; valid: exercise, actual or both"),
        wrong(
            "agency: nl.police, fulfils",
            "agency: nl.army, fulfils",
            "steps[29].fulfils.agency: \"nl.army\" is no agency"),
        wrong("cap/reservoir.cap", "cap/none.cap", "steps[30].publish_cap.file: there is no file "),
        wrong("cap/reservoir.cap", "cap/broken.cap", "steps[30].publish_cap.file: "),
        wrong(
            "label: { category: PUBLIC_WARNING, purpose: PUBLIC_SAFETY, classification: UNCLASSIFIED }",
            "label: { category: PUBLIC_WARNING, purpose: PUBLIC_SAFETY }",
            "steps[30].publish_cap.label.classification: is required"),
        wrong("as: dam", "as: first", "steps[30].publish_cap.as: \"first\" names another message"),
        wrong(
            "lists: { first: C-1 }",
            "lists: { other: C-1 }",
            "steps[31].held.lists.other: no step before"),
        wrong(
            "subject: \"person:Voorbeeld/Sam\"\n",
            "subject: \"person:Voorbeeld/Sam\"\n      message: first\n",
            "steps[32].export: asks for nothing, or for two things; valid: either subject or"),
        wrong(
            "only: [OPENED]", "only: [READ]", "steps[32].export.only[0]: \"READ\"; valid: one of"),
        wrong("      only: [OPENED]\n", "", "steps[32].export.only: is missing beside lists"),
        wrong(
            "[{ type: OPENED, officer",
            "[{ type: SEARCHED, officer",
            "steps[32].export.lists[0].type: \"SEARCHED\"; valid: one of OPENED"),
        wrong("of: [first]", "of: [other]", "steps[32].export.lists[0].of[0]: no step before"),
        wrong("content: { first: KEPT", "content: { first: LOST", "steps[32].export.content.first"),
        wrong(
            "rejected: RELEASE_TIMED_OUT",
            "rejected: LATE",
            "steps[33].track.rejected: \"LATE\"; valid: one of"),
        wrong(
            "lasts: PT10S\n",
            "lasts: PT10S\n      days: 3\n",
            "steps[34].ask_consent: has no end, or two; valid: either days or lasts"),
        wrong("      lasts: PT10S\n", "", "steps[34].ask_consent: has no end, or two"),
        wrong("lasts: PT10S", "lasts: PT0S", "steps[34].ask_consent.lasts: is PT0S; valid: "),
        wrong(
            "deliver_within: PT5S",
            "deliver_within: PT-5S",
            "steps[35].publish.deliver_within: is PT-5S; valid: a duration"),
        wrong(
            "file: documents/report.pdf",
            "file: documents/gone.pdf",
            "steps[45].publish_document.file: there is no file "),
        wrong(
            "name: Report 7\n      media_type: application/pdf",
            "name: Report 7\n      media_type: image/png",
            "steps[45].publish_document: body.document.media_type must have the form"),
        wrong(
            "documents/report.pdf\n      name: Report 7\n      media_type: application/pdf\n"
                + "      label: { kind: ALERT",
            "documents/report.pdf\n      label: { kind: REQUEST",
            "steps[45].publish_document: label.kind must be ALERT or INTELLIGENCE"),
        wrong(
            "as: report\n",
            "as: first\n",
            "steps[45].publish_document.as: \"first\" names another message"),
        wrong(
            "to: [nl.police/desk], document: documents/report.pdf",
            "to: [nl.police/desk], document: documents/gone.pdf",
            "steps[46].deliver.document: there is no file "),
        wrong("line: 2", "line: 3", "steps[47].publish_mapped: line 3 of "),
        wrong(
            "mapping: records/register.yaml",
            "mapping: records/broken.yaml",
            "steps[47].publish_mapped: "),
        wrong(
            "mapping: records/register.yaml",
            "mapping: records/police.yaml",
            "steps[47].publish_mapped.by: the mapping says that nl.police publishes it"),
        wrong(
            "cap: { by: nl.police/desk",
            "cap: { by: nl.customs/controls",
            "steps[24].cap.by: nl.customs/controls has not the scope"),
        wrong(
            "again: nl.customs/controls",
            "again: nl.customs/desk",
            "steps[24].cap.again: \"desk\" is no client of nl.customs"),
        wrong(
            "consents: { consent:",
            "consents: { other:",
            "steps[58].deliver.consents.other: no step before this one names the consent"),
        wrong(
            "{ consent: { originator: nl.customs",
            "{ consent: { originator: nl.army",
            "steps[58].deliver.consents.consent.originator: \"nl.army\" is no agency"),
        wrong(
            "purposes: [IPR_ENFORCEMENT], days: 30",
            "purposes: [IPR], days: 30",
            "steps[58].deliver.consents.consent.purposes[0]: \"IPR\"; valid: one of"),
        wrong(
            "purposes: [IPR_ENFORCEMENT], days: 1 ",
            "purposes: [IPR_ENFORCEMENT], days: 0 ",
            "steps[59].open.consents.tonight.days: is 0; valid: 1 to 365"),
        wrong(
            "messages: [first], purposes: [IPR_ENFORCEMENT], days: 1 ",
            "messages: [other], purposes: [IPR_ENFORCEMENT], days: 1 ",
            "steps[59].open.consents.tonight.messages[0]: no step before"));
  }
}
