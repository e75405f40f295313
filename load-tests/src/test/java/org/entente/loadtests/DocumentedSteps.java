package org.entente.loadtests;

import java.util.List;
import org.entente.loadtests.testkit.Step;

/**
 * The commands of README.md and docs/, in an order in which a reader could type them, with what
 * must become of each. Every documented command stands here once.
 */
final class DocumentedSteps {
  private static final String FR = " --gateway 127.0.0.1:7441 --credentials";
  private static final String FR_CLIENTS = FR + " /tmp/federation/fr.customs/clients/";
  private static final String DECLARATIONS = FR_CLIENTS + "declarations";
  private static final String SUPERVISOR = FR_CLIENTS + "supervisor";
  private static final String OPERATOR = FR_CLIENTS + "operator";
  private static final String DE_CLIENTS =
      " --gateway 127.0.0.1:7442 --credentials /tmp/federation/de.customs/clients/";
  private static final String RECORDS = DE_CLIENTS + "records";
  private static final String SECOND = " --officer FR-DNRED-0007";
  private static final String ID = "(?m)^([0-9a-f]{32})  ";

  private DocumentedSteps() {}

  /** Before anything runs. Addresses are changed behind the second. */
  static List<Step> laidOut() {
    return List.of(
        Step.of("./entente certs --out /tmp/federation").in(Step.In.LAUNCHER).says("minted"),
        Step.of(
                "cp -r config/nodes/*.yaml config/agreements config/node-rules.yaml"
                    + " /tmp/federation/")
            .in(Step.In.SHELL));
  }

  /** Two gateways and what their agencies do with them. */
  static List<Step> running() {
    return List.of(
        Step.of("./entente config check --config /tmp/federation/fr.customs.yaml").says(": valid"),
        Step.of(
                "./entente policy explain --config /tmp/federation/fr.customs.yaml"
                    + " --to sg.police --to de.customs --category IPR --purpose IPR_ENFORCEMENT")
            .says("sg.police")
            .says("de.customs"),
        Step.of("./entente run --config /tmp/federation/fr.customs.yaml")
            .until("\"agency\":\"fr.customs\"")
            .keptRunning(),
        Step.of("./entente run --config /tmp/federation/de.customs.yaml")
            .until("\"agency\":\"de.customs\"")
            .keptRunning(),
        Step.of("./entente send" + DECLARATIONS + " --alerts config/samples/ipr.jsonl")
            .exits(1)
            .says("published")
            .keeps("FIRST", ID + "to \\[de\\.customs")
            .keeps("SECOND", "(?s)to \\[de\\.customs.*?\\n([0-9a-f]{32})  to \\[[^]]*de\\.customs"),
        Step.of("./entente tail" + DE_CLIENTS + "desk --cursor night-shift")
            .until("{FIRST}")
            .exits(143),
        Step.of(
                "./entente send"
                    + DECLARATIONS
                    + " --alerts config/samples/held/controlled-delivery.jsonl")
            .says("held until")
            .keeps("HELD", ID),
        Step.of("./entente release list" + SUPERVISOR).says("{HELD}"),
        Step.of("./entente release show MESSAGE" + SUPERVISOR + SECOND)
            .fills("MESSAGE", "HELD")
            .says("Substituted consignment"),
        Step.of("./entente release approve MESSAGE" + SUPERVISOR + SECOND)
            .fills("MESSAGE", "HELD")
            .says("to sg.police"));
  }

  /** What is done with messages that have arrived, and what the figures say at the end. */
  static List<Step> afterwards() {
    return List.of(
        Step.of(
                "./entente hold place MESSAGE --officer DE-7 --justification 'case 4 Js 12/26'"
                    + RECORDS)
            .fills("MESSAGE", "FIRST"),
        Step.of("./entente hold list" + RECORDS).says("{FIRST}").says("case 4 Js 12/26"),
        Step.of(
                "./entente hold release MESSAGE --officer DE-7 --justification 'case closed'"
                    + RECORDS)
            .fills("MESSAGE", "FIRST"),
        Step.of(
                "./entente erase MESSAGE --officer DE-7 --justification"
                    + " 'art. 16(2), request 41/26'"
                    + RECORDS)
            .fills("MESSAGE", "FIRST")
            .says("erased at"),
        Step.of(
                "./entente recall MESSAGE --reason 'the goods were genuine' --officer FR-118"
                    + SUPERVISOR)
            .fills("MESSAGE", "SECOND")
            .says("recall ")
            .says("de.customs"),
        Step.of("./entente track MESSAGE" + SUPERVISOR)
            .fills("MESSAGE", "SECOND")
            .says("SUBMISSION_ACCEPTANCE"),
        Step.of(
                "./entente keys renew --officer FR-3 --justification 'yearly renewal'"
                    + " --out /tmp/federation/fr.customs.join"
                    + OPERATOR)
            .says("read out"),
        Step.of("./entente keys show" + OPERATOR).says("in use").says("not in the trust bundle"),
        Step.of("./entente audit verify --config /tmp/federation/fr.customs.yaml")
            .says("fr.customs"),
        Step.of(
                "./entente audit verify"
                    + FR_CLIENTS
                    + "auditor --bundle /tmp/federation/trust-bundle.note"
                    + " --roots /tmp/federation/roots.json"
                    + " --checkpoint /tmp/federation/fr.customs.checkpoint")
            .says("fr.customs"),
        Step.of(
                "./entente audit prove MESSAGE --recipient de.customs --officer FR-9"
                    + " --justification 'court order 41/26'"
                    + FR_CLIENTS
                    + "auditor --out /tmp/federation/message.proof")
            .fills("MESSAGE", "SECOND")
            .says("proof of {SECOND}"),
        Step.of(
                "./entente audit verify-proof /tmp/federation/message.proof"
                    + " --roots /tmp/federation/roots.json")
            .says("fr.customs: proved; message {SECOND} was accepted"),
        Step.of(
                "./entente audit export --subject 'case:DNRED-2026-IPR-00417' --proofs"
                    + " --officer FR-9 --justification 'access request 12/26'"
                    + FR_CLIENTS
                    + "auditor")
            .says("\"type\":\"ACCEPTED\"")
            .says("c2sp.org/tlog-proof@v1"));
  }

  /** What needs a node that does not run. */
  static List<Step> stopped() {
    return List.of(
        Step.of(
                "./entente audit export --from 2026-01-01 --officer FR-9"
                    + " --justification 'yearly report' --config /tmp/federation/fr.customs.yaml")
            .says("\"type\":\"NODE_STOP\""),
        Step.of(
                "./entente audit new-log --config /tmp/federation/fr.customs.yaml --look"
                    + " --officer FR-1 --justification 'restored from the backup of 1 March'")
            .exits(1)
            .says("can be continued"),
        Step.of("./entente keystore list --config /tmp/federation/fr.customs.yaml").says("since"),
        Step.of(
                "./entente keystore passphrase --config /tmp/federation/fr.customs.yaml"
                    + " --new /tmp/federation/new-passphrase")
            .says("protected by the new passphrase"));
  }

  /** The demonstration as far as its arguments matter; {@code DemoIT} runs it to its end. */
  static List<Step> demonstrated() {
    String started = "Starting five gateways";
    return List.of(
        Step.of("./entente demo").until("Publishing").exits(143),
        Step.of("./entente demo --once --json").until(started).exits(143),
        Step.of("./entente demo --keep").until(started).exits(143),
        Step.of("./entente demo --alerts alerts.jsonl --mapping config/mappings/safety-gate.yaml")
            .until(started)
            .doesNotSay("BAD RECORD")
            .exits(143),
        Step.of("./entente demo --alerts folder-of-cap-files")
            .until(started)
            .doesNotSay("BAD RECORD")
            .exits(143),
        Step.of("./entente bench smoke").with("--messages", "100").says("ratio"));
  }

  /** A federation founded by its roots. */
  static List<Step> founded() {
    String at = " --passphrase-file /tmp/pilot/";
    return List.of(
        root("alice"),
        root("bob"),
        root("carol"),
        Step.of(
                "./entente federation init --federation pilot.entente.example --threshold 2"
                    + " --root /tmp/pilot/alice.root/root.pub --root /tmp/pilot/bob.root/root.pub"
                    + " --root /tmp/pilot/carol.root/root.pub --out /tmp/pilot/founding")
            .keeps("ROOTS", "read aloud +(.*)"),
        Step.of(
                "./entente init --federation pilot.entente.example --agency fr.customs"
                    + " --kind customs --endpoint 127.0.0.1:7461"
                    + " --link de.customs=127.0.0.1:7462 --client declarations=publish+evidence"
                    + " --client desk=subscribe+evidence"
                    + at
                    + "fr.passphrase --out /tmp/pilot/fr")
            .keeps("FR", "fingerprint +(.*)"),
        Step.of(
                "./entente init --federation pilot.entente.example --agency de.customs"
                    + " --kind customs --endpoint 127.0.0.1:7462 --link fr.customs"
                    + " --client desk=subscribe+evidence --listen-clients 127.0.0.1:7472"
                    + " --listen-admin 127.0.0.1:9472"
                    + at
                    + "de.passphrase --out /tmp/pilot/de")
            .keeps("DE", "fingerprint +(.*)"),
        Step.of("./entente federation show /tmp/pilot/fr/fr.customs.join").says("{FR}"),
        Step.of(
                "./entente federation add --roots /tmp/pilot/founding/roots.json"
                    + " --out /tmp/pilot/bundle-1.note --group EU=DE+FR"
                    + " --request /tmp/pilot/fr/fr.customs.join --fingerprint 'FR-FINGERPRINT'"
                    + " --request /tmp/pilot/de/de.customs.join --fingerprint 'DE-FINGERPRINT'")
            .fills("FR-FINGERPRINT", "FR")
            .fills("DE-FINGERPRINT", "DE")
            .keeps("DRAFT", "read aloud +(.*)"),
        Step.of("./entente federation show /tmp/pilot/bundle-1.note").says("{DRAFT}"),
        signed("alice"),
        signed("bob"),
        joined("fr"),
        joined("de"),
        Step.of("cp config/agreements/eu-product-safety.yaml /tmp/pilot/fr/agreements/")
            .in(Step.In.SHELL),
        Step.of("./entente config check --config /tmp/pilot/fr/node.yaml").says(": valid"));
  }

  /** The next version of its trust bundle. */
  static List<Step> changed() {
    return List.of(
        Step.of(
                "./entente federation remove --in /tmp/pilot/bundle-1.note"
                    + " --out /tmp/pilot/bundle-2.note --agency de.customs")
            .keeps("NEXT", "read aloud +(.*)"),
        Step.of("./entente federation diff /tmp/pilot/bundle-1.note /tmp/pilot/bundle-2.note")
            .says("de.customs"),
        signedNext("bob"),
        signedNext("carol"),
        Step.of("./entente join --config /tmp/pilot/fr/node.yaml --bundle /tmp/pilot/bundle-2.note")
            .says("wrote"));
  }

  private static Step root(String holder) {
    return Step.of(
            "./entente federation root-key --federation pilot.entente.example --name %s --out /tmp/pilot/%s.root --passphrase-file /tmp/pilot/%s.passphrase"
                .formatted(holder, holder, holder))
        .says("root.pub");
  }

  private static Step signed(String holder) {
    return Step.of(
            "./entente federation sign --draft /tmp/pilot/bundle-1.note"
                + " --fingerprint 'DRAFT-FINGERPRINT'"
                + key(holder))
        .fills("DRAFT-FINGERPRINT", "DRAFT")
        .says(holder + " signed");
  }

  private static Step signedNext(String holder) {
    return Step.of(
            "./entente federation sign --draft /tmp/pilot/bundle-2.note"
                + " --previous /tmp/pilot/bundle-1.note --fingerprint 'NEXT-FINGERPRINT'"
                + key(holder))
        .fills("NEXT-FINGERPRINT", "NEXT")
        .says(holder + " signed");
  }

  private static String key(String holder) {
    return " --key /tmp/pilot/%s.root --passphrase-file /tmp/pilot/%s.passphrase"
        .formatted(holder, holder);
  }

  private static Step joined(String folder) {
    return Step.of(
            "./entente join --config /tmp/pilot/%s/node.yaml --bundle /tmp/pilot/bundle-1.note --roots /tmp/pilot/founding/roots.json --fingerprint 'ROOTS-FINGERPRINT' --request /tmp/pilot/%s/%s.customs.join"
                .formatted(folder, folder, folder))
        .fills("ROOTS-FINGERPRINT", "ROOTS")
        .says("wrote");
  }
}
