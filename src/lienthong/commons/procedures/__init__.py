"""Procedures: the catalogue of administrative procedures with what each asks of people and the time the law gives it.

The catalogue is a register (Decree 63/2010/NĐ-CP art. 8: name, order, manner, components, time limit, subjects, agency,
result, fee, legal basis), open to all; dossiers, indices and costs read their legal times and fees from it. Beside it stand
the services by which each body offers a procedure, and the decisions that announce procedures.

Not here: the dossiers themselves (commons.casework), forms and payments.
Needs: data.intelligence, data.registry, data.warehouse, foundation.directory.
"""
