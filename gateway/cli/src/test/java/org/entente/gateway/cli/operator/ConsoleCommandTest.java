package org.entente.gateway.cli.operator;

import static org.entente.gateway.federation.RunningFederation.FR;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.cli.failure.ExitCode;
import org.entente.gateway.federation.RunningFederation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ConsoleCommandTest {
  @RegisterExtension final RunningFederation federation = new RunningFederation(FR);

  /** Who calls can do nothing about it, and does not know the configuration. */
  @Test
  void consoleThatIsOff_isSaidToBe_withTheSettingAndWhoSetsIt() {
    CommandFixture command = new CommandFixture();
    List<String> words = new ArrayList<>(List.of("console"));
    words.addAll(CommandFixture.client(federation, FR));
    assertEquals(ExitCode.REFUSED.number(), command.run(words));
    assertEquals(
        "entente: the gateway answered NOT_CONFIGURED: the console is off; `console: {}` in the"
            + " gateway's configuration turns it on at the next start (who must act: the operator"
            + " of this gateway)",
        command.err().strip());
  }
}
