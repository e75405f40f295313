package org.entente.gateway.feature.ipr;

import org.entente.proto.v1.IprCase;
import org.entente.proto.v1.IprNotice;
import org.entente.proto.v1.IprParticular;

/**
 * A case as its rights holder may see it, limited to the fields copied here. It contains names and
 * addresses only if the authority disclosed them. Pure.
 */
final class HolderView {
  private HolderView() {}

  /** A whole notice. */
  static IprNotice of(IprCase kept) {
    IprNotice.Builder notice =
        line(kept).toBuilder()
            .setDescription(kept.getGoods().getDescription())
            .setQuantity(kept.getGoods().getQuantity())
            .setHolder(kept.getHolder());
    kept.getParticularsList().stream()
        .filter(IprParticular::hasDisclosedAt)
        .forEach(notice::addDisclosed);
    return notice.build();
  }

  /** A notice in a list. */
  static IprNotice line(IprCase kept) {
    IprNotice.Builder notice =
        IprNotice.newBuilder()
            .setCaseId(kept.getCaseId())
            .setRecordationId(kept.getRecordationId())
            .setKind(kept.getKind())
            .setStage(new CaseStatus(kept).stage())
            .setSuspendedAt(kept.getSuspendedAt())
            .setNotifiedAt(kept.getHolderNotifiedAt())
            .setExtendedDays(kept.getExtendedDays())
            .setOutcome(kept.getOutcome())
            .setTimeZone(kept.getDeadlines().getTimeZone());
    if (kept.getDeadlines().hasHolderBy()) {
      notice.setAnswerBy(kept.getDeadlines().getHolderBy());
    }
    if (kept.getDeadlines().hasProceedingsBy()) {
      notice.setProceedingsBy(kept.getDeadlines().getProceedingsBy());
    }
    if (kept.hasClosedAt()) {
      notice.setClosedAt(kept.getClosedAt());
    }
    return notice.build();
  }
}
