/*
 * Every parameter of both dialects. One row says how each dialect sees it, so
 * that get and set need no switch of their own for it; what does not fit a
 * row (OWN) has code in pblock.c. Functions have a table of their own: their
 * place in it is their slot in a plug-in.
 */
#include "params.h"

#include "pblock.h"

#define V(id, ol, ds, policy, kind, flags) { id, ol, ds, policy, kind, flags }

const struct param cshim_params[] = {
	/* the plug-in itself */
	V(3, PTR, PTR, KEEP, ANY, PLUGIN),              /* PLUGIN */
	V(4, PTR, PTR, KEEP, ANY, PLUGIN),              /* PLUGIN_PRIVATE */
	V(5, INT, INT, KEEP, ANY, PLUGIN),              /* PLUGIN_TYPE */
	V(6, PTR, PTR, KEEP, ANY, PLUGIN),              /* PLUGIN_ARGV */
	V(7, INT, INT, KEEP, ANY, PLUGIN),              /* PLUGIN_ARGC */
	V(8, PTR, PTR, KEEP, ANY, PLUGIN),              /* PLUGIN_VERSION */
	V(9, INT, INT, KEEP, ANY, 0),                   /* PLUGIN_OPRETURN */
	V(10, PTR, PTR, KEEP, ANY, 0),                  /* PLUGIN_OBJECT */
	V(11, PTR, PTR, KEEP, ANY, 0),                  /* PLUGIN_DESTROY_FN */
	V(12, OWN, OWN, KEEP, ANY, PLUGIN),             /* PLUGIN_DESCRIPTION */
	V(13, PTR, PTR, KEEP, ANY, PLUGIN),             /* PLUGIN_IDENTITY */
	V(14, NO, INT, KEEP, ANY, PLUGIN),              /* PLUGIN_PRECEDENCE */
	V(301, PTR, PTR, KEEP, CHARRAY, PLUGIN),        /* PLUGIN_EXT_OP_OIDLIST */
	V(302, NO, PTR, KEEP, CHARRAY, PLUGIN),         /* PLUGIN_EXT_OP_NAMELIST */
	V(250, INT, INT, KEEP, ANY, PLUGIN),            /* PLUGIN_DB_NO_ACL */
	V(251, INT, INT, KEEP, ANY, PLUGIN),            /* X_DB_FLAGS */
	V(252, INT, INT, KEEP, ANY, 0),                 /* X_DB_WANT_BASE */
	V(253, PTR, PTR, KEEP, CHARRAY, 0),             /* X_DB_NEXT_NAMES */
	V(623, NO, INT, KEEP, ANY, PLUGIN),             /* PLUGIN_MR_FLAGS */
	V(624, NO, PTR, KEEP, CHARRAY, PLUGIN),         /* PLUGIN_MR_NAMES */
	V(705, PTR, PTR, KEEP, CHARRAY, PLUGIN),        /* PLUGIN_SYNTAX_NAMES */
	V(706, PTR, PTR, COPY, STRING, PLUGIN),         /* PLUGIN_SYNTAX_OID */
	V(707, INT, INT, KEEP, ANY, PLUGIN),            /* PLUGIN_SYNTAX_FLAGS */
	V(810, NO, PTR, COPY, STRING, PLUGIN),          /* PLUGIN_PWD_STORAGE_SCHEME_NAME */
	V(815, NO, INT, KEEP, ANY, PLUGIN),             /* PLUGIN_ENABLED */
	V(816, NO, PTR, COPY, STRING, PLUGIN),          /* PLUGIN_CONFIG_AREA */
	V(817, NO, PTR, KEEP, STRING, RO_389),          /* PLUGIN_CONFIG_DN */
	/* results of internal operations */
	V(15, INT, INT, KEEP, ANY, 0),                  /* PLUGIN_INTOP_RESULT */
	V(16, PTR, PTR, KEEP, ANY, 0),                  /* PLUGIN_INTOP_SEARCH_ENTRIES */
	V(17, PTR, PTR, KEEP, ANY, 0),                  /* PLUGIN_INTOP_SEARCH_REFERRALS */
	/* configuration */
	V(40, PTR, PTR, KEEP, STRING, RO_389),          /* CONFIG_FILENAME */
	V(41, INT, INT, KEEP, ANY, RO_389),             /* CONFIG_LINENO */
	V(42, INT, INT, KEEP, ANY, RO_389),             /* CONFIG_ARGC */
	V(43, PTR, PTR, KEEP, ANY, RO_389),             /* CONFIG_ARGV */
	V(147, NO, INT, KEEP, ANY, 0),                  /* ARGC */
	V(148, NO, OWN, KEEP, ANY, 0),                  /* ARGV */
	V(281, NO, PTR, KEEP, STRING, 0),               /* CONFIG_DIRECTORY */
	V(282, NO, INT, KEEP, ANY, 0),                  /* DSE_DONT_WRITE_WHEN_ADDING */
	V(283, NO, INT, KEEP, ANY, 0),                  /* DSE_MERGE_WHEN_ADDING */
	V(284, NO, INT, KEEP, ANY, 0),                  /* DSE_DONT_CHECK_DUPS */
	V(285, NO, INT, KEEP, ANY, 0),                  /* SCHEMA_FLAGS */
	V(287, NO, INT, KEEP, ANY, 0),                  /* DSE_REAPPLY_MODS */
	V(289, NO, INT, KEEP, ANY, 0),                  /* DSE_IS_PRIMARY_FILE */
	/* the operation */
	V(47, NO, PTR, TAKE, SDN, 0),                   /* TARGET_SDN */
	V(48, PTR, PTR, KEEP, ANY, RO_389 | NEED_OP),   /* TARGET_ADDRESS */
	V(49, PTR, PTR, KEEP, STRING, 0),               /* TARGET_UNIQUEID */
	V(50, OWN, OWN, COPY, STRING, 0),               /* TARGET_DN, of 47 */
	V(51, PTR, PTR, KEEP, CONTROLS, 0),             /* REQCONTROLS */
	V(52, PTR, PTR, KEEP, ENTRY, 0),                /* ENTRY_PRE_OP, PLUGIN_CONFIG_ENTRY */
	V(53, PTR, PTR, KEEP, ENTRY, 0),                /* ENTRY_POST_OP */
	V(55, PTR, PTR, TAKE, CONTROLS, 0),             /* RESCONTROLS */
	V(56, OWN, OWN, KEEP, ANY, 0),                  /* ADD_RESCONTROL, to 55 */
	V(57, NO, INT, KEEP, ANY, 0),                   /* OPERATION_NOTES */
	V(58, PTR, PTR, KEEP, CONTROLS, 0),             /* CONTROLS_ARG */
	V(59, NO, INT, KEEP, ANY, 0),                   /* DESTROY_CONTENT */
	V(60, PTR, PTR, TAKE, ENTRY, 0),                /* ADD_ENTRY */
	V(61, PTR, PTR, KEEP, ENTRY, 0),                /* ADD_EXISTING_DN_ENTRY, MODIFY_EXISTING_ENTRY, ... */
	V(62, PTR, PTR, KEEP, ENTRY, 0),                /* ADD_PARENT_ENTRY */
	V(63, PTR, PTR, KEEP, STRING, 0),               /* ADD_PARENT_UNIQUEID */
	V(64, PTR, PTR, KEEP, ENTRY, 0),                /* ADD_EXISTING_UNIQUEID_ENTRY */
	V(70, INT, LONG, KEEP, ANY, 0),                 /* BIND_METHOD */
	V(71, OWN, PTR, KEEP, BERVAL, 0),               /* BIND_CREDENTIALS */
	V(72, PTR, PTR, KEEP, STRING, 0),               /* BIND_SASLMECHANISM */
	V(73, PTR, PTR, KEEP, BERVAL, 0),               /* BIND_RET_SASLCREDS */
	V(80, PTR, PTR, KEEP, STRING, 0),               /* COMPARE_TYPE */
	V(81, PTR, PTR, COPY_BERVAL, BERVAL, 0),        /* COMPARE_VALUE */
	V(90, PTR, PTR, TAKE, MODS, 0),                 /* MODIFY_MODS */
	V(100, PTR, PTR, COPY_TAKE, STRING, 0),         /* MODRDN_NEWRDN */
	V(101, INT, INT, KEEP, ANY, 0),                 /* MODRDN_DELOLDRDN */
	V(102, OWN, OWN, COPY, STRING, 0),              /* MODRDN_NEWSUPERIOR, of 103 */
	V(103, NO, PTR, TAKE, SDN, 0),                  /* MODRDN_NEWSUPERIOR_SDN */
	V(104, PTR, PTR, KEEP, ENTRY, 0),               /* MODRDN_PARENT_ENTRY */
	V(105, PTR, PTR, KEEP, ENTRY, 0),               /* MODRDN_NEWPARENT_ENTRY */
	V(106, PTR, PTR, KEEP, ENTRY, 0),               /* MODRDN_TARGET_ENTRY */
	V(107, PTR, PTR, KEEP, ANY, RO_389),            /* MODRDN_NEWSUPERIOR_ADDRESS */
	V(109, NO, PTR, KEEP, STRING, 0),               /* ORIGINAL_TARGET_DN */
	V(110, INT, INT, KEEP, ANY, 0),                 /* SEARCH_SCOPE */
	V(111, INT, INT, KEEP, ANY, 0),                 /* SEARCH_DEREF */
	V(112, INT, INT, KEEP, ANY, 0),                 /* SEARCH_SIZELIMIT */
	V(113, INT, INT, KEEP, ANY, 0),                 /* SEARCH_TIMELIMIT */
	V(114, PTR, PTR, KEEP, ANY, 0),                 /* SEARCH_FILTER */
	V(115, PTR, PTR, KEEP, STRING, 0),              /* SEARCH_STRFILTER */
	V(116, PTR, PTR, KEEP, CHARRAY, 0),             /* SEARCH_ATTRS */
	V(117, INT, INT, KEEP, ANY, 0),                 /* SEARCH_ATTRSONLY */
	V(118, NO, INT, KEEP, ANY, 0),                  /* SEARCH_IS_AND */
	V(119, NO, PTR, KEEP, ANY, 0),                  /* SEARCH_FILTER_INTENDED */
	V(120, INT, INT, KEEP, ANY, 0),                 /* ABANDON_MSGID */
	V(130, PTR, PTR, KEEP, ANY, 0),                 /* BACKEND */
	V(131, PTR, PTR, KEEP, ANY, 0),                 /* CONNECTION */
	V(132, PTR, PTR, KEEP, ANY, 0),                 /* OPERATION */
	V(133, INT, INT, KEEP, ANY, RO_OL),             /* REQUESTOR_ISROOT */
	V(134, PTR, NO, KEEP, ANY, 0),                  /* BE_MONITORDN */
	V(135, PTR, PTR, KEEP, STRING, RO_389),         /* BE_TYPE */
	V(136, INT, INT, KEEP, ANY, RO_389),            /* BE_READONLY */
	V(137, INT, INT, KEEP, ANY, RO_389),            /* BE_LASTMOD */
	V(138, PTR, PTR, KEEP, ANY, RO_389),            /* OPERATION_PARAMETERS */
	V(139, LONG, LONG, KEEP, ANY, NEED_OP),         /* CONN_ID */
	V(140, LONG, LONG, KEEP, ANY, RO_389 | NEED_OP),/* OPINITIATED_TIME */
	V(141, OWN, OWN, COPY, STRING, 0),              /* REQUESTOR_DN, of 852 */
	V(142, INT, INT, KEEP, ANY, RO_OL | RO_389),    /* IS_REPLICATED_OPERATION */
	V(143, OWN, OWN, COPY_TAKE, STRING, NEED_OP),   /* CONN_DN */
	V(144, PTR, PTR, COPY, STRING, RO_OL | NEED_OP),/* CONN_AUTHTYPE */
	V(145, PTR, OWN, KEEP, STRING, RO_OL | RO_389 | NEED_OP), /* CONN_CLIENTIP */
	V(146, PTR, OWN, KEEP, STRING, RO_OL | RO_389 | NEED_OP), /* CONN_SERVERIP */
	V(149, NO, INT, KEEP, ANY, NEED_OP),            /* CONN_IS_REPLICATION_SESSION */
	V(150, INT, INT, KEEP, ANY, 0),                 /* SEQ_TYPE */
	V(151, PTR, PTR, KEEP, STRING, 0),              /* SEQ_ATTRNAME */
	V(152, PTR, PTR, KEEP, STRING, 0),              /* SEQ_VAL */
	V(153, NO, INT, KEEP, ANY, RO_389),             /* IS_MMR_REPLICATED_OPERATION */
	V(155, NO, INT, KEEP, ANY, 0),                  /* SKIP_MODIFIED_ATTRS */
	V(156, NO, OWN, KEEP, STRING, RO_389),          /* REQUESTOR_NDN, of 852 */
	V(160, PTR, PTR, KEEP, STRING, 0),              /* EXT_OP_REQ_OID */
	V(161, PTR, PTR, KEEP, BERVAL, 0),              /* EXT_OP_REQ_VALUE */
	V(162, PTR, PTR, KEEP, STRING, 0),              /* EXT_OP_RET_OID */
	V(163, PTR, PTR, KEEP, BERVAL, 0),              /* EXT_OP_RET_VALUE */
	V(170, PTR, NO, KEEP, ANY, 0),                  /* MR_FILTER_ENTRY */
	V(171, PTR, NO, KEEP, ANY, 0),                  /* MR_FILTER_TYPE */
	V(172, PTR, NO, KEEP, ANY, 0),                  /* MR_FILTER_VALUE */
	V(173, PTR, NO, KEEP, ANY, 0),                  /* MR_FILTER_OID */
	V(174, PTR, NO, KEEP, ANY, 0),                  /* MR_FILTER_DNATTRS */
	V(190, PTR, PTR, KEEP, ANY, 0),                 /* PARENT_TXN */
	V(191, PTR, PTR, KEEP, ANY, 0),                 /* TXN */
	V(193, PTR, PTR, KEEP, ANY, 0),                 /* SEARCH_RESULT_SET */
	V(194, PTR, PTR, KEEP, ENTRY, 0),               /* SEARCH_RESULT_ENTRY */
	V(195, INT, INT, KEEP, ANY, 0),                 /* NENTRIES */
	V(196, PTR, PTR, KEEP, ANY, 0),                 /* SEARCH_REFERRALS */
	V(198, INT, PTR, KEEP, CONTROLS, 0),            /* LOG_OPERATION; 389: SEARCH_CTRLS */
	V(199, INT, INT, KEEP, ANY, 0),                 /* DBSIZE */
	/* tasks and import, export */
	V(175, NO, INT, KEEP, ANY, 0),                  /* LDIF2DB_GENERATE_UNIQUEID */
	V(176, NO, INT, KEEP, ANY, 0),                  /* DB2LDIF_DUMP_UNIQUEID */
	V(177, NO, PTR, KEEP, STRING, 0),               /* LDIF2DB_NAMESPACEID */
	V(178, NO, PTR, KEEP, STRING, 0),               /* BACKEND_INSTANCE_NAME */
	V(179, NO, PTR, KEEP, ANY, 0),                  /* BACKEND_TASK */
	V(180, PTR, PTR, KEEP, CHARRAY, 0),             /* LDIF2DB_FILE */
	V(181, NO, INT, KEEP, ANY, 0),                  /* TASK_FLAGS */
	V(182, NO, PTR, KEEP, ENTRY, 0),                /* BULK_IMPORT_ENTRY */
	V(183, INT, INT, KEEP, ANY, 0),                 /* DB2LDIF_PRINTKEY */
	V(184, NO, PTR, KEEP, STRING, 0),               /* DB2LDIF_FILE */
	V(185, INT, INT, KEEP, ANY, 0),                 /* LDIF2DB_REMOVEDUPVALS */
	V(186, NO, PTR, KEEP, CHARRAY, 0),              /* DB2INDEX_ATTRS */
	V(187, NO, INT, KEEP, ANY, 0),                  /* LDIF2DB_NOATTRINDEXES */
	V(188, NO, PTR, KEEP, CHARRAY, 0),              /* LDIF2DB_INCLUDE */
	V(189, NO, PTR, KEEP, CHARRAY, 0),              /* LDIF2DB_EXCLUDE */
	V(192, NO, INT, KEEP, ANY, 0),                  /* BULK_IMPORT_STATE */
	V(197, INT, INT, KEEP, ANY, 0),                 /* CHANGENUMBER; 389: DB2LDIF_SERVER_RUNNING */
	V(303, NO, INT, KEEP, ANY, 0),                  /* LDIF2DB_ENCRYPT */
	V(304, NO, INT, KEEP, ANY, 0),                  /* DB2LDIF_DECRYPT */
	V(286, NO, PTR, KEEP, STRING, 0),               /* URP_NAMING_COLLISION_DN */
	V(288, NO, PTR, KEEP, STRING, 0),               /* URP_TOMBSTONE_UNIQUEID */
	V(293, NO, PTR, KEEP, STRING, 0),               /* URP_TOMBSTONE_CONFLICT_DN */
	V(1761, NO, INT, KEEP, ANY, 0),                 /* LDIF_CHANGELOG */
	V(1947, NO, PTR, KEEP, STRING, 0),              /* DBVERIFY_DBDIR */
	/* more of the operation and the connection */
	V(590, OWN, INT, KEEP, ANY, RO_389),            /* OPERATION_TYPE */
	V(591, LONG, NO, KEEP, ANY, 0),                 /* OPERATION_MSGID */
	V(741, PTR, PTR, KEEP, STRING, RO_389 | NEED_OP), /* OPERATION_AUTHTYPE */
	V(CSHIM_PB_BE_MAXNESTLEVEL, NO, INT, KEEP, ANY, RO_389),
	V(743, PTR, PTR, KEEP, ANY, RO_389 | NEED_OP),  /* CONN_CERT */
	V(CSHIM_PB_OPERATION_ID, LONG, INT, KEEP, ANY, RO_389 | NEED_OP),
	V(745, NO, OWN, KEEP, ANY, NEED_OP),            /* CLIENT_DNS */
	V(746, PTR, OWN, COPY, STRING, RO_OL | NEED_OP),/* CONN_AUTHMETHOD */
	V(747, NO, INT, KEEP, ANY, RO_389 | NEED_OP),   /* CONN_IS_SSL_SESSION */
	V(CSHIM_PB_CONN_SASL_SSF, NO, INT, KEEP, ANY, RO_389 | NEED_OP),
	V(CSHIM_PB_IS_INTERNAL, INT, NO, KEEP, ANY, RO_OL),
	V(749, NO, INT, KEEP, ANY, RO_389 | NEED_OP),   /* CONN_SSL_SSF */
	V(750, NO, INT, KEEP, ANY, RO_389 | NEED_OP),   /* OPERATION_SSF */
	V(751, NO, INT, KEEP, ANY, RO_389 | NEED_OP),   /* CONN_LOCAL_SSF */
	V(850, NO, OWN, KEEP, ANY, RO_389 | NEED_OP),   /* CONN_CLIENTNETADDR */
	V(851, NO, OWN, KEEP, ANY, RO_389 | NEED_OP),   /* CONN_SERVERNETADDR */
	V(852, NO, PTR, COPY, SDN, 0),                  /* REQUESTOR_SDN */
	V(853, NO, PTR, KEEP, ANY, NEED_OP),            /* CONN_CLIENTNETADDR_ACLIP */
	V(860, NO, INT, KEEP, ANY, 0),                  /* BACKEND_COUNT */
	V(881, INT, INT, KEEP, ANY, 0),                 /* RESULT_CODE */
	V(882, PTR, PTR, COPY, STRING, 0),              /* RESULT_TEXT */
	V(883, PTR, PTR, COPY, STRING, 0),              /* RESULT_MATCHED */
	V(885, NO, PTR, COPY, STRING, 0),               /* PB_RESULT_TEXT */
	V(1000, INT, INT, KEEP, ANY, 0),                /* MANAGEDSAIT */
	V(1001, NO, INT, KEEP, ANY, 0),                 /* PWPOLICY */
	V(1100, PTR, NO, KEEP, ANY, PLUGIN),            /* PLUGIN_AUDIT_DATA */
	V(1160, NO, PTR, KEEP, CHARRAY, 0),             /* SEARCH_GERATTRS */
	V(1161, NO, PTR, KEEP, CHARRAY, 0),             /* SEARCH_REQATTRS */
	V(1930, NO, INT, KEEP, ANY, 0),                 /* SEARCH_RESULT_SET_SIZE_ESTIMATE */
	V(1944, NO, PTR, KEEP, ANY, 0),                 /* SEARCH_RESULT_ENTRY_EXT */
	V(1945, NO, INT, KEEP, ANY, 0),                 /* PAGED_RESULTS_INDEX */
	V(1946, NO, INT, KEEP, ANY, 0),                 /* ACI_TARGET_CHECK */
	V(1949, NO, INT, KEEP, ANY, 0),                 /* PAGED_RESULTS_COOKIE */
	V(1950, NO, INT, KEEP, ANY, 0),                 /* USN_INCREMENT_FOR_TOMBSTONE */
	V(1901, NO, PTR, KEEP, ANY, 0),                 /* TXN_RUV_MODS_FN */
	/* matching rules and syntaxes at work */
	V(602, PTR, PTR, KEEP, ANY, 0),                 /* PLUGIN_MR_FILTER_MATCH_FN */
	V(603, PTR, PTR, KEEP, ANY, 0),                 /* PLUGIN_MR_FILTER_INDEX_FN */
	V(604, PTR, PTR, KEEP, ANY, 0),                 /* PLUGIN_MR_FILTER_RESET_FN */
	V(605, PTR, PTR, KEEP, ANY, 0),                 /* PLUGIN_MR_INDEX_FN */
	V(606, NO, PTR, KEEP, ANY, 0),                  /* PLUGIN_MR_INDEX_SV_FN */
	V(610, PTR, PTR, KEEP, STRING, 0),              /* PLUGIN_MR_OID */
	V(611, PTR, PTR, KEEP, STRING, 0),              /* PLUGIN_MR_TYPE */
	V(612, PTR, PTR, KEEP, BERVAL, 0),              /* PLUGIN_MR_VALUE */
	V(613, PTR, PTR, KEEP, ANY, 0),                 /* PLUGIN_MR_VALUES */
	V(614, PTR, PTR, KEEP, ANY, 0),                 /* PLUGIN_MR_KEYS */
	V(615, INT, INT, KEEP, ANY, 0),                 /* PLUGIN_MR_FILTER_REUSABLE */
	V(616, INT, INT, KEEP, ANY, 0),                 /* PLUGIN_MR_QUERY_OPERATOR */
	V(617, INT, INT, KEEP, ANY, 0),                 /* PLUGIN_MR_USAGE */
	V(709, NO, PTR, KEEP, ANY, 0),                  /* SYNTAX_SUBSTRLENS */
	V(712, NO, INT, KEEP, ANY, 0),                  /* PLUGIN_SYNTAX_FILTER_NORMALIZED */
	V(713, NO, PTR, KEEP, ANY, 0),                  /* PLUGIN_SYNTAX_FILTER_DATA */
	V(811, NO, PTR, KEEP, STRING, 0),               /* PLUGIN_PWD_STORAGE_SCHEME_USER_PWD */
	V(812, NO, PTR, KEEP, STRING, 0),               /* PLUGIN_PWD_STORAGE_SCHEME_DB_PWD */
	/* OpenLDAP's extensions */
	V(1250, PTR, NO, KEEP, ANY, 0),                 /* X_GROUP_ENTRY */
	V(1251, PTR, NO, KEEP, ANY, 0),                 /* X_GROUP_ATTRIBUTE */
	V(1252, PTR, NO, KEEP, ANY, 0),                 /* X_GROUP_OPERATION_DN */
	V(1253, PTR, NO, KEEP, ANY, 0),                 /* X_GROUP_TARGET_ENTRY */
	V(1300, PTR, NO, KEEP, STRING, RO_OL),          /* X_CONN_CLIENTPATH */
	V(1301, PTR, NO, KEEP, STRING, RO_OL),          /* X_CONN_SERVERPATH */
	V(1302, INT, NO, KEEP, ANY, RO_OL),             /* X_CONN_IS_UDP */
	V(1303, INT, NO, KEEP, ANY, 0),                 /* X_CONN_SSF */
	V(1304, PTR, NO, KEEP, ANY, 0),                 /* X_CONN_SASL_CONTEXT */
	V(1305, INT, NO, KEEP, ANY, 0),                 /* X_OPERATION_DELETE_GLUE_PARENT */
	V(1306, INT, NO, KEEP, ANY, 0),                 /* X_RELAX */
	V(1307, INT, NO, KEEP, ANY, 0),                 /* X_OPERATION_NO_SCHEMA_CHECK */
	V(1308, PTR, NO, KEEP, STRING, RO_OL),          /* X_ADD_STRUCTURAL_CLASS */
	V(1309, INT, NO, KEEP, ANY, 0),                 /* X_OPERATION_NO_SUBORDINATE_GLUE */
	V(1400, PTR, NO, KEEP, ANY, 0),                 /* X_CONFIG_ARGV */
	V(1401, PTR, NO, KEEP, ANY, 0),                 /* X_INTOP_FLAGS */
	V(1402, PTR, NO, KEEP, ANY, 0),                 /* X_INTOP_RESULT_CALLBACK */
	V(1403, PTR, NO, KEEP, ANY, 0),                 /* X_INTOP_SEARCH_ENTRY_CALLBACK */
	V(1404, PTR, NO, KEEP, ANY, 0),                 /* X_INTOP_REFERRAL_ENTRY_CALLBACK */
	V(1405, PTR, NO, KEEP, ANY, 0),                 /* X_INTOP_CALLBACK_DATA */
	V(1406, PTR, NO, KEEP, ANY, 0),                 /* X_OLD_RESCONTROLS */
};

const int cshim_param_count = (int)(sizeof cshim_params / sizeof cshim_params[0]);
_Static_assert(sizeof cshim_params / sizeof cshim_params[0] <= PARAM_MAX, "PARAM_MAX");

/* 389's type numbers. */
enum { T_DB = 1, T_EXTOP = 2, T_PRE = 3, T_POST = 4, T_MR = 5, T_SYNTAX = 6, T_ACL = 7, T_BEPRE = 8, T_BEPOST = 9,
       T_ENTRY = 10, T_OBJECT = 11, T_INTPRE = 12, T_INTPOST = 13, T_PWD = 14, T_VATTR = 15, T_REVPWD = 16,
       T_FETCH = 17, T_INDEX = 18, T_TXNPRE = 19, T_TXNPOST = 20, T_TXNEXTOP = 21, T_PREEXTOP = 22, T_POSTEXTOP = 23,
       T_MMR = 24 };

#define F1(id, t) { id, { t } }

/* The place of a row is its slot; rows with type 0 may be set by every type. */
const struct function cshim_functions[] = {
	F1(210, 0), F1(212, 0), F1(232, 0), F1(233, 0), /* CLOSE, START, CLEANUP, POSTSTART */
	F1(401, T_PRE), F1(402, T_PRE), F1(403, T_PRE), F1(404, T_PRE), F1(405, T_PRE), F1(406, T_PRE), F1(407, T_PRE),
	F1(408, T_PRE), F1(409, T_PRE), F1(410, T_PRE), F1(411, T_PRE), F1(412, T_PRE), F1(413, T_PREEXTOP),
	F1(501, T_POST), F1(502, T_POST), F1(503, T_POST), F1(504, T_POST), F1(505, T_POST), F1(506, T_POST),
	F1(507, T_POST), F1(508, T_POST), F1(509, T_POST), F1(510, T_POST), F1(511, T_POST), F1(512, T_POST),
	F1(513, T_POST), F1(514, T_POSTEXTOP),
	F1(420, T_INTPRE), F1(421, T_INTPRE), F1(422, T_INTPRE), F1(423, T_INTPRE), F1(424, T_INTPRE),
	F1(520, T_INTPOST), F1(521, T_INTPOST), F1(522, T_INTPOST), F1(523, T_INTPOST),
	F1(450, T_BEPRE), F1(451, T_BEPRE), F1(452, T_BEPRE), F1(453, T_BEPRE), F1(454, T_BEPRE),
	F1(550, T_BEPOST), F1(551, T_BEPOST), F1(552, T_BEPOST), F1(553, T_BEPOST), F1(554, T_BEPOST), F1(556, T_BEPOST),
	F1(557, T_BEPOST),
	F1(460, T_TXNPRE), F1(461, T_TXNPRE), F1(462, T_TXNPRE), F1(463, T_TXNPRE), F1(464, T_TXNPRE),
	F1(560, T_TXNPOST), F1(561, T_TXNPOST), F1(562, T_TXNPOST), F1(563, T_TXNPOST),
	{ 300, { T_EXTOP, T_TXNEXTOP } }, { 1948, { T_EXTOP, T_TXNEXTOP } },
	/* matching rules */
	F1(600, T_MR), F1(601, T_MR), F1(618, T_MR), F1(619, T_MR), F1(620, T_MR), F1(621, T_MR), F1(622, T_MR),
	F1(625, T_MR), F1(626, T_MR),
	/* syntaxes */
	F1(700, T_SYNTAX), F1(701, T_SYNTAX), F1(702, T_SYNTAX), F1(703, T_SYNTAX), F1(704, T_SYNTAX), F1(708, T_SYNTAX),
	F1(710, T_SYNTAX), F1(711, T_SYNTAX),
	/* access control */
	F1(730, T_ACL), F1(731, T_ACL), F1(732, T_ACL), F1(733, T_ACL), F1(734, T_ACL),
	F1(761, T_MMR), F1(762, T_MMR),
	{ 800, { T_PWD, T_REVPWD } }, { 801, { T_PWD, T_REVPWD } }, { 802, { T_PWD, T_REVPWD } },
	F1(813, T_FETCH), F1(814, T_FETCH),
	/* OpenLDAP alone */
	F1(1101, 0), F1(1200, 0), F1(1201, 0), F1(1202, 0), F1(1203, 0),
	F1(1261, 0), F1(1262, 0), F1(1263, 0), F1(1264, 0), F1(1270, 0), F1(1271, 0), F1(1272, 0), F1(1273, 0), F1(1274, 0),
	/* databases */
	F1(200, T_DB), F1(201, T_DB), F1(202, T_DB), F1(203, T_DB), F1(204, T_DB), F1(205, T_DB), F1(206, T_DB),
	F1(207, T_DB), F1(208, T_DB), F1(209, T_DB), F1(211, T_DB), F1(213, T_DB), F1(214, T_DB), F1(215, T_DB),
	F1(216, T_DB), F1(217, T_DB), F1(218, T_DB), F1(219, T_DB), F1(220, T_DB), F1(221, T_DB), F1(222, T_DB),
	F1(223, T_DB), F1(224, T_DB), F1(225, T_DB), F1(226, T_DB), F1(227, T_DB), F1(228, T_DB), F1(229, T_DB),
	F1(234, T_DB), F1(235, T_DB), F1(236, T_DB), F1(238, T_DB), F1(239, T_DB), F1(240, T_DB), F1(280, T_DB),
	F1(241, T_DB), F1(242, T_DB), F1(243, T_DB), F1(244, T_DB), F1(245, T_DB), /* IBM's, by our numbers */
	
	F1(290, T_DB), F1(291, T_DB), F1(292, T_DB), F1(294, T_DB),
};

#define FUNCTIONS ((int)(sizeof cshim_functions / sizeof cshim_functions[0]))
_Static_assert(sizeof cshim_functions / sizeof cshim_functions[0] <= CSHIM_SLOT_MAX, "CSHIM_SLOT_MAX");

/* Numbers reach 1950; the three canonical ones beyond are found by name. */
#define NUMBERS CSHIM_NUMBERS
#define param_at cshim_param_at
short cshim_param_at[NUMBERS];
static short slot_at[NUMBERS];
unsigned char cshim_plain[NUMBERS];
static short maxnestlevel_at, sasl_ssf_at;

__attribute__((constructor)) static void build(void)
{
	for (int i = 0; i < NUMBERS; i++)
		param_at[i] = slot_at[i] = -1;
	for (int i = 0; i < cshim_param_count; i++) {
		if (cshim_params[i].id == CSHIM_PB_BE_MAXNESTLEVEL)
			maxnestlevel_at = (short)i;
		else if (cshim_params[i].id == CSHIM_PB_CONN_SASL_SSF)
			sasl_ssf_at = (short)i;
		else
			param_at[cshim_params[i].id] = (short)i;
	}
	for (int i = 0; i < FUNCTIONS; i++)
		slot_at[cshim_functions[i].id] = (short)i;
	for (int i = 0; i < cshim_param_count; i++) {
		const struct param *p = &cshim_params[i];
		int class = p->openldap == NO ? p->ds389 : p->openldap;
		if (p->id >= NUMBERS || p->id == 742 || p->id == 748 || (p->flags & PLUGIN) || (class != PTR && class != INT) ||
		    (p->ds389 != NO && p->ds389 != class) || cshim_slot_of_param(p->id) >= 0)
			continue;
		cshim_plain[p->id] = (unsigned char)((class == INT ? CSHIM_PLAIN_INT : CSHIM_PLAIN_PTR) |
		                                     (p->flags ? CSHIM_PLAIN_READ : 0));
	}
}

int cshim_param_canonical(int id, int dialect)
{
	if (id >= NUMBERS && dialect != CSHIM_AUTO)
		return -1; /* the numbers of our own are not public */
	if (dialect == CSHIM_389) {
		if (id == 742)
			return CSHIM_PB_BE_MAXNESTLEVEL;
		if (id == 748)
			return CSHIM_PB_CONN_SASL_SSF;
		return id;
	}
	if (id == 742)
		return CSHIM_PB_OPERATION_ID;
	if (id == 1260)
		return CSHIM_PB_INTERNAL_PRE_BIND_FN;
	return id;
}

int cshim_param_index(int id, int dialect)
{
	id = cshim_param_canonical(id, dialect);
	if (id == CSHIM_PB_BE_MAXNESTLEVEL)
		return maxnestlevel_at;
	if (id == CSHIM_PB_CONN_SASL_SSF)
		return sasl_ssf_at;
	return id >= 0 && id < NUMBERS ? param_at[id] : -1;
}

int cshim_slot_of_param(int id)
{
	if (id == 1260)
		id = CSHIM_PB_INTERNAL_PRE_BIND_FN;
	return id >= 0 && id < NUMBERS ? slot_at[id] : -1;
}

int cshim_param_of_slot(int slot)
{
	return slot >= 0 && slot < FUNCTIONS ? cshim_functions[slot].id : -1;
}

int cshim_slot_count(void)
{
	return FUNCTIONS;
}

int cshim_type_owns_param(int type, int id)
{
	int slot = cshim_slot_of_param(id);

	if (slot < 0)
		return 0;
	if (cshim_functions[slot].type[0] == 0)
		return 1;
	for (int i = 0; i < 3; i++)
		if (cshim_functions[slot].type[i] != 0 && cshim_functions[slot].type[i] == type)
			return 1;
	return 0;
}
