package org.entente.gateway.rpc;

import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.proto.v1.Backup;
import org.entente.proto.v1.CreateBackupRequest;
import org.entente.proto.v1.ListBackupsResponse;

/** Copies of this gateway's ledger, as an operator asks for them. */
public interface OwnBackups {
  /** What came of asking for one. */
  sealed interface Answer {
    /** It is on the disk. */
    record Made(Backup backup) implements Answer {}

    /** There is none more than before. */
    record Refused(Problem problem) implements Answer {}
  }

  /** Makes one. */
  Answer create(NodeName client, CreateBackupRequest request);

  /** What came of asking which there are. */
  sealed interface ListResult {
    /** These. */
    record Known(ListBackupsResponse response) implements ListResult {}

    /** They cannot be looked at now. */
    record Unknown(Problem problem) implements ListResult {}
  }

  /** Those there are. */
  ListResult list();
}
