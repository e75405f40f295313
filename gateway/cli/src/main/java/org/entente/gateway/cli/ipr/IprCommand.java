package org.entente.gateway.cli.ipr;

import picocli.CommandLine.Command;

/** Commands for customs enforcement of intellectual property rights. */
@Command(
    name = "ipr",
    description = {
      "Customs enforcement of intellectual property rights: recordations, cases, notices, answers.",
      "Officers' commands need the scope `ipr`; those of rights holders (own, notices, notice, answer)"
          + " need `rights_holder`."
    },
    mixinStandardHelpOptions = true,
    subcommands = {
      IprRightCommands.RecordRight.class,
      IprRightCommands.Grant.class,
      IprRightCommands.Refuse.class,
      IprRightCommands.Revoke.class,
      IprRightCommands.Rights.class,
      IprRightCommands.Right.class,
      IprCaseCommands.Suspend.class,
      IprCaseCommands.Notify.class,
      IprCaseCommands.Declarant.class,
      IprCaseCommands.Letter.class,
      IprCaseCommands.Extend.class,
      IprCaseCommands.Disclose.class,
      IprCaseCommands.Attach.class,
      IprCaseCommands.Outcome.class,
      IprCaseCommands.ListCases.class,
      IprCaseCommands.Show.class,
      IprHolderCommands.ListRecordations.class,
      IprHolderCommands.ListNotices.class,
      IprHolderCommands.ShowNotice.class,
      IprHolderCommands.Answer.class
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
public final class IprCommand {}
