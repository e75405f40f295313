package org.entente.loadtests;

import java.util.List;
import org.entente.loadtests.testkit.CommandStep;

/** The commands of docs/operate/keys.md by which a lost keystore is replaced, in their order. */
final class RecoverySteps {
  private RecoverySteps() {}

  /** After the founding of docs/operate/ceremony.md, with the gateway of the agency stopped. */
  static List<CommandStep> all() {
    return List.of(
        CommandStep.of(
                "./entente init --federation pilot.entente.example --agency de.customs"
                    + " --kind customs --role MEMBER --role WITNESS --endpoint 127.0.0.1:7462"
                    + " --link fr.customs --client desk=subscribe+evidence"
                    + " --client archive=subscribe"
                    + " --listen-clients 127.0.0.1:7472 --listen-admin 127.0.0.1:9472"
                    + " --passphrase-file /tmp/pilot/de.passphrase --out /tmp/pilot/de-again")
            .keeps("AGAIN", "fingerprint +(.*)"),
        CommandStep.of(
                "./entente federation add --in /tmp/pilot/bundle-1.note"
                    + " --out /tmp/pilot/bundle-again.note"
                    + " --request /tmp/pilot/de-again/de.customs.join"
                    + " --fingerprint 'AGAIN-FINGERPRINT'")
            .fills("AGAIN-FINGERPRINT", "AGAIN")
            .keeps("ANEW", "read aloud +(.*)"),
        signed("alice"),
        signed("carol"),
        CommandStep.of(
                "./entente join --config /tmp/pilot/fr/node.yaml"
                    + " --bundle /tmp/pilot/bundle-again.note")
            .says("wrote"),
        CommandStep.of(
                "cp -r /tmp/pilot/de/gateway-1/data /tmp/pilot/de/gateway-1/audit"
                    + " /tmp/pilot/de-again/gateway-1/")
            .in(CommandStep.ProcessKind.SHELL),
        CommandStep.of("cp -r /tmp/pilot/de/agreements /tmp/pilot/de-again/")
            .in(CommandStep.ProcessKind.SHELL),
        CommandStep.of(
                "./entente join --config /tmp/pilot/de-again/node.yaml"
                    + " --bundle /tmp/pilot/bundle-again.note"
                    + " --roots /tmp/pilot/founding/roots.json"
                    + " --fingerprint 'ROOTS-FINGERPRINT'"
                    + " --request /tmp/pilot/de-again/de.customs.join")
            .fills("ROOTS-FINGERPRINT", "ROOTS")
            .says("wrote"),
        CommandStep.of(
                "./entente audit new-log --config /tmp/pilot/de-again/node.yaml --officer DE-1"
                    + " --justification 'the keystore was lost with its disk'")
            .says("the pair that signed it is no longer in the keystore")
            .says("de.customs/gateway-1/2 is open"),
        CommandStep.of("./entente run --config /tmp/pilot/de-again/node.yaml")
            .until("\"agency\":\"de.customs\"")
            .keptRunning());
  }

  private static CommandStep signed(String holder) {
    return CommandStep.of(
            ("./entente federation sign --draft /tmp/pilot/bundle-again.note"
                    + " --previous /tmp/pilot/bundle-1.note"
                    + " --previous-fingerprint 'DRAFT-FINGERPRINT'"
                    + " --fingerprint 'ANEW-FINGERPRINT'"
                    + " --key /tmp/pilot/%s.root --passphrase-file /tmp/pilot/%s.passphrase")
                .formatted(holder, holder))
        .fills("DRAFT-FINGERPRINT", "DRAFT")
        .fills("ANEW-FINGERPRINT", "ANEW")
        .says(holder + " signed");
  }
}
