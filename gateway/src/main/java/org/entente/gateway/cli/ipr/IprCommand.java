package org.entente.gateway.cli.ipr;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Customs enforcement of intellectual property rights. */
@Command(
    name = "ipr",
    description = {
      "Recordations of intellectual property rights, suspensions of goods, notices, answers, outcomes.",
      "Officers' commands need the scope `ipr`, those of rights holders (own, notices, notice, answer)"
          + " the scope `rights_holder`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      IprRights.RecordRight.class,
      IprRights.Grant.class,
      IprRights.Refuse.class,
      IprRights.Revoke.class,
      IprRights.Rights.class,
      IprRights.Right.class,
      IprCases.Suspend.class,
      IprCases.Notify.class,
      IprCases.Declarant.class,
      IprCases.Letter.class,
      IprCases.Extend.class,
      IprCases.Disclose.class,
      IprCases.Attach.class,
      IprCases.Outcome.class,
      IprCases.ListCases.class,
      IprCases.Show.class,
      IprHolders.Own.class,
      IprHolders.Notices.class,
      IprHolders.Notice.class,
      IprHolders.Answer.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente ipr grant 0197…3f --until 2027-01-31 --officer FR-7 --justification 'decision 12/26' \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/ipr-desk",
      "  entente ipr suspend --recordation 0197…3f --goods 'brake pads' --quantity '1200 pieces' \\",
      "      --place 'Le Havre, hall 4' --officer FR-7 --justification 'no holograms' --gateway … --credentials …",
      "  entente ipr answer 0197…40 CONFIRMS --person 'A. Holder' \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/brakes-ag"
    })
public final class IprCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getErr());
    return 2;
  }
}
